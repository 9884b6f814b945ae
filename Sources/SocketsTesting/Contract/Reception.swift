internal import Sockets

/// The two forms of receiving.
enum ReceiveForm: String, CaseIterable, Sendable {
    case memory = "into memory"
    case buffer = "into a buffer"
}

extension ByteStream {
    /// Receives once, at most `limit` bytes, in either form.
    func receive(_ form: ReceiveForm, limit: Int) async throws(SocketError) -> [UInt8] {
        switch form {
        case .memory:
            var bytes = [UInt8](repeating: 0, count: limit)
            let count: Int
            do {
                var span = bytes.mutableSpan
                var memory = unsafe span.mutableBytes
                count = try await receive(into: &memory)
            }
            try checkCount(count, is: 0...limit)
            bytes.removeLast(limit - count)
            return bytes
        case .buffer:
            var buffer = ByteBuffer(limit: limit)
            let count = try await receive(into: &buffer)
            try checkCount(count, is: buffer.count...buffer.count)
            return buffer.array()
        }
    }

    private func checkCount(_ count: Int, is range: ClosedRange<Int>) throws(SocketError) {
        if range.contains(count) { return }
        throw SocketError(
            .system,
            in: .receive,
            detail: "it says \(count) bytes, which is not in \(range)"
        )
    }
}

/// One reader's place in the pattern: what has come so far was right.
struct Reception<Stream: ByteStream> {
    let stream: Stream
    /// Where in the pattern the first byte was.
    let origin: Int
    /// How many right bytes have come.
    var count = 0

    init(_ stream: Stream, origin: Int = 0) {
        self.stream = stream
        self.origin = origin
    }

    /// Checks bytes that came in another way.
    mutating func accept(_ bytes: [UInt8]) throws {
        try BytePattern.check(bytes, at: origin + count)
        count += bytes.count
    }

    /// Receives once; false at the end.
    mutating func receive(_ form: ReceiveForm, limit: Int) async throws -> Bool {
        let bytes = try await stream.receive(form, limit: limit)
        try accept(bytes)
        return !bytes.isEmpty
    }

    /// Receives until so many bytes have come in all.
    mutating func receive(upTo total: Int, _ form: ReceiveForm, limit: Int = 65_536) async throws {
        while count < total {
            let more = try await receive(form, limit: min(limit, total - count))
            try expect(more, "the end came after \(count) of \(total) bytes")
        }
    }

    /// Receives to the end.
    mutating func drain(_ form: ReceiveForm = .buffer, limit: Int = 65_536) async throws {
        while try await receive(form, limit: limit) {}
    }

    /// Receives until the stream ends or breaks; its error, or nil for an end.
    mutating func drainToFailure() async throws -> SocketError? {
        do {
            try await drain()
            return nil
        } catch let error as SocketError {
            return error
        }
    }
}

extension Result where Failure == SocketError {
    /// Checks that an operation ended well, or with one of some errors; then nil.
    func value(orOneOf codes: [SocketError.Code], in operation: String) throws -> Success? {
        switch self {
        case .success(let value): return value
        case .failure(let error):
            try expect(codes.contains(error.code), "\(operation) failed with “\(error)”")
            return nil
        }
    }

    /// Checks that an operation failed with one of some errors.
    @discardableResult
    func failure(oneOf codes: SocketError.Code..., in operation: String) throws -> SocketError {
        guard case .failure(let error) = self else {
            throw Broken("\(operation) succeeded; “\(codes[0])” was to come")
        }
        try expect(
            codes.contains(error.code),
            "\(operation) failed with “\(error)”, not “\(codes[0])”"
        )
        return error
    }
}

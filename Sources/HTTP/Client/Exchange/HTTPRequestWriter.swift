public import HTTPCodec
internal import Sockets

/// Where a streaming body is written to.
///
/// Each piece leaves at once, and ``write(_:)-(RawSpan)`` returns when the kernel has taken it: a slow
/// server slows its writer. Belongs to the body's source, and ends with it.
public final class HTTPRequestWriter {
    /// Fields after a chunked body; others cannot have any.
    public var trailers: HTTPFields = [:]

    /// Bytes of body written so far.
    public private(set) var bodySize: UInt64 = 0

    private let sending: RequestSending
    private let framing: HTTPFraming
    private var isOver = false

    /// Pieces up to this are sent with their chunk's head and end in one call.
    private static let copiedSize = 16_384

    init(_ sending: RequestSending, _ framing: HTTPFraming) {
        self.sending = sending
        self.framing = framing
    }

    /// Sends the next piece.
    ///
    /// Cancellation and deadlines: terminal.
    public func write(_ piece: RawSpan) async throws {
        precondition(!isOver, "a request's body is written after its source has returned")
        let written = bodySize &+ UInt64(piece.byteCount)
        if case .length(let length) = framing, written > length {
            throw RequestSending.WrongLength(announced: length, written: written)
        }
        guard piece.byteCount > 0 else { return }
        if framing == .chunked {
            try await writeChunk(piece)
        } else {
            try await sending.send(piece)
        }
        bodySize = written
    }

    /// Sends the next piece.
    public func write(_ piece: [UInt8]) async throws { try await unsafe write(piece.span.bytes) }

    /// Sends the next piece, a text as UTF-8.
    public func write(_ piece: String) async throws {
        try await unsafe write(piece.utf8Span.span.bytes)
    }

    private func writeChunk(_ piece: RawSpan) async throws {
        var bytes: [UInt8] = []
        guard piece.byteCount > Self.copiedSize else {
            HTTPSerializer.appendChunk(piece, to: &bytes)
            return try await sending.send(bytes)
        }
        HTTPSerializer.appendChunkHead(size: piece.byteCount, to: &bytes)
        try await sending.send(bytes)
        try await sending.send(piece)
        bytes.removeAll()
        HTTPSerializer.appendChunkEnd(to: &bytes)
        try await sending.send(bytes)
    }

    /// Ends the body, whose source has returned.
    func finish() async throws {
        isOver = true
        switch framing {
        case .chunked:
            var bytes: [UInt8] = []
            try HTTPSerializer.appendLastChunk(trailers: trailers, to: &bytes)
            try await sending.send(bytes)
        case .length(let length) where bodySize != length:
            throw RequestSending.WrongLength(announced: length, written: bodySize)
        default: break
        }
    }
}

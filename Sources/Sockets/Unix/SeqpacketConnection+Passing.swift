internal import Glibc

/// Descriptors with messages (SCM_RIGHTS, unix(7)).
extension SeqpacketConnection {
    /// Sends a message with descriptors: sendmsg(2) with SCM_RIGHTS.
    ///
    /// Like ``send(_:)-(RawSpan)``, and ``StreamConnection/send(_:passing:)-(RawSpan,_)`` for the
    /// descriptors.
    public func send(
        _ bytes: RawSpan,
        passing descriptors: [CInt]
    ) async throws(SocketError) {
        guard bytes.byteCount > 0 else {
            throw stream.failure(
                .invalidArgument,
                .send,
                detail: "an empty message looks like the end"
            )
        }
        try stream.checkPassing(descriptors, with: bytes.byteCount)
        try await stream.enter(.writing, .send)
        while true {
            let result = unsafe bytes.withUnsafeBytes {
                unsafe System.send(
                    stream.socket.number,
                    $0.baseAddress.unsafelyUnwrapped,
                    $0.count,
                    passing: descriptors
                )
            }
            if result >= 0 {
                stream.sent.add(result)
                stream.sending.add(result)
                stream.socket.leave(.writing, ready: true)
                return
            }
            if result == -Int(EMSGSIZE) { throw tooLarge(bytes.byteCount) }
            try await stream.retry(.writing, .send, after: result)
        }
    }

    /// Sends a message with descriptors.
    ///
    /// Like ``send(_:passing:)-(RawSpan,_)``.
    public func send(
        _ bytes: [UInt8],
        passing descriptors: [CInt]
    ) async throws(SocketError) {
        try await unsafe send(bytes.span.bytes, passing: descriptors)
    }

    /// Sends a text as UTF-8, as one message, with descriptors.
    ///
    /// Like ``send(_:passing:)-(RawSpan,_)``.
    public func send(
        _ text: String,
        passing descriptors: [CInt]
    ) async throws(SocketError) {
        try await unsafe send(text.utf8Span.span.bytes, passing: descriptors)
    }

    /// Receives a message into memory of the caller's, with the descriptors that came: recvmsg(2).
    ///
    /// Like ``receive(into:)``, and ``StreamConnection/receive(into:descriptors:)-(MutableRawSpan,_)``
    /// for the descriptors.
    public func receive(
        into memory: inout MutableRawSpan,
        descriptors: inout ReceivedDescriptors
    ) async throws(SocketError) -> Message? {
        precondition(memory.byteCount > 0, "receiving into no memory")
        try await stream.enter(.reading, .receive)
        while true {
            var arrival = ReceivedDescriptors.Arrival.complete
            let (space, before) = (memory.byteCount, descriptors.count)
            let result = unsafe memory.withUnsafeMutableBytes {
                let outcome = unsafe System.receive(
                    stream.socket.number,
                    $0.baseAddress.unsafelyUnwrapped,
                    space,
                    wholeSize: true,
                    &descriptors
                )
                arrival = outcome.arrival
                return outcome.result
            }
            if result >= 0 {
                let message = end(
                    size: result,
                    space: space,
                    isMessage: descriptors.count > before
                )
                _ = try stream.check(arrival, message?.count ?? 0, descriptors.limit)
                return message
            }
            try await stream.retry(.reading, .receive, after: result)
        }
    }

    private func tooLarge(_ size: Int) -> SocketError {
        let buffer = (try? get(.sendBufferSize)).map { "\($0)" } ?? "the one it has"
        stream.socket.leave(.writing, ready: true)
        return stream.failure(
            .send,
            errno: -Int(EMSGSIZE),
            detail: "\(size) bytes into a send buffer of \(buffer)"
        )
    }
}

extension SeqpacketConnection {
    /// A message that came.
    public struct Message: Sendable, Hashable {
        /// How many of its bytes are in the caller's memory, from the start.
        public let count: Int

        /// How many it was sent with.
        public let size: Int

        /// Whether it did not fit; the rest of it is gone.
        public var isTruncated: Bool { size > count }
    }

    /// Sends a message: send(2), all of it or nothing.
    ///
    /// Waits while the socket's send buffer is full of messages that the peer has not received.
    /// Cancellation and deadlines: total.
    ///
    /// - Parameter bytes: The message; at least one byte, because Linux gives the receiver of an
    ///   empty one no way to tell it from the end.
    /// - Throws: ``SocketError/Code/invalidArgument`` for an empty message;
    ///   ``SocketError/Code/messageTooLarge`` for one larger than ``SocketOption/sendBufferSize``
    ///   less some bytes of the kernel's.
    public func send(_ bytes: RawSpan) async throws(SocketError) {
        try await send(bytes, passing: [])
    }

    /// Sends a message.
    ///
    /// Like ``send(_:)-(RawSpan)``.
    public func send(_ bytes: [UInt8]) async throws(SocketError) {
        try await unsafe send(bytes.span.bytes)
    }

    /// Sends a text as UTF-8, as one message.
    ///
    /// Like ``send(_:)-(RawSpan)``.
    public func send(_ text: String) async throws(SocketError) {
        try await unsafe send(text.utf8Span.span.bytes)
    }

    /// Receives a message into memory of the caller's: recv(2); nil is the end.
    ///
    /// A message that does not fit is cut, and says so; descriptors that come with it are closed. An
    /// empty message of another make of sender is given, unless it is the last thing before the end,
    /// from which nobody could tell it. Cancellation and deadlines: total.
    ///
    /// ```swift
    /// var memory = [UInt8](repeating: 0, count: 4096)
    /// var span = memory.mutableSpan
    /// var bytes = unsafe span.mutableBytes
    /// while let message = try await connection.receive(into: &bytes) {
    ///     print(message.isTruncated ? "cut after \(message.count)" : "\(message.size) bytes")
    /// }
    /// ```
    ///
    /// - Throws: ``SocketError/Code/reset``, once and before what is left to receive, when the peer
    ///   closed without having received everything.
    public func receive(into memory: inout MutableRawSpan) async throws(SocketError) -> Message? {
        precondition(memory.byteCount > 0, "receiving into no memory")
        try await stream.enter(.reading, .receive)
        while true {
            let space = memory.byteCount
            let result = unsafe memory.withUnsafeMutableBytes {
                unsafe System.receivePacket(
                    stream.socket.number,
                    $0.baseAddress.unsafelyUnwrapped,
                    space
                )
            }
            if result >= 0 { return end(size: result, space: space) }
            try await stream.retry(.reading, .receive, after: result)
        }
    }

    /// Receives a message of any size up to a limit; nil is the end.
    ///
    /// One call more than ``receive(into:)``, to learn the size. Cancellation and deadlines: total.
    ///
    /// - Parameter limit: The most bytes a message may have.
    /// - Returns: Its bytes.
    /// - Throws: ``SocketError/Code/limitExceeded`` for a larger one, which is gone then; the next
    ///   receive gives the next message.
    public func receive(limit: Int) async throws(SocketError) -> [UInt8]? {
        precondition(limit > 0, "a limit of no bytes")
        try await stream.enter(.reading, .receive)
        while true {
            var result = System.packetSize(stream.socket.number)
            if result >= 0 {
                let space = max(1, min(result, limit))
                let bytes = unsafe [UInt8](unsafeUninitializedCapacity: space) { memory, count in
                    guard let base = memory.baseAddress else { return }
                    result = unsafe System.receivePacket(stream.socket.number, base, space)
                    count = min(max(result, 0), space)
                }
                if result >= 0 {
                    guard let message = end(size: result, space: space) else { return nil }
                    if message.isTruncated { throw overLimit(message, limit) }
                    return bytes
                }
            }
            try await stream.retry(.reading, .receive, after: result)
        }
    }

    // MARK: Steps

    /// Leaves after a message of `size` bytes into `space`; nil for the end, which is not asked for
    /// where something else says that there was a message.
    func end(size: Int, space: Int, isMessage: Bool = false) -> Message? {
        let message = Message(count: min(size, space), size: size)
        let isEnd = size == 0 && !isMessage && System.isAtEnd(stream.socket.number)
        stream.received.add(message.count)
        stream.receiving.add(message.count)
        stream.socket.leave(.reading, ready: true)
        return isEnd ? nil : message
    }

    private func overLimit(_ message: Message, _ limit: Int) -> SocketError {
        stream.failure(
            .limitExceeded,
            .receive,
            transferred: message.count,
            detail: "a message of \(message.size) bytes, and \(limit) is the limit"
        )
    }
}

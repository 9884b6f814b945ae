public import Sockets

/// TLS (RFC 8446, RFC 5246) over any byte stream, and a byte stream itself.
///
/// ```swift
/// let configuration = try TLSClientConfiguration()
/// try await StreamConnection.connect(to: "example.org:443") { connection in
///     let stream = try await TLSStream.connect(
///         over: connection,
///         name: "example.org",
///         configuration: configuration
///     )
///     try await stream.send("GET / HTTP/1.0\r\n\r\n")
///     try await stream.finish()
/// }
/// ```
///
/// It keeps the rules of ``Sockets/ByteStream``. The end of the stream is what the peer has marked as
/// such (close_notify); when the transport ends without it, receiving fails with `unexpectedEnd`, as
/// what came may have been cut off by anybody. A peer that breaks the protocol is told so by an alert,
/// and the stream fails with `malformed`; an alert of its own is `reset`.
///
/// The transport belongs to the stream from the first call on: nobody else may use it.
public final class TLSStream<Transport: ByteStream>: ByteStream {
    /// The stream that carries the records.
    public let transport: Transport

    /// What was agreed on in the handshake.
    public let negotiated: TLSNegotiation

    let session: SharedSession

    init(_ transport: Transport, _ session: SharedSession) {
        self.transport = transport
        self.session = session
        negotiated = session.lock.withLock { TLSNegotiation(of: $0.connection) }
    }

    deinit { close() }

    // MARK: Receiving

    /// Receives into memory of the caller's.
    ///
    /// Zero is the end the peer has marked. Cancellation and deadlines: total.
    ///
    /// - Throws: ``Sockets/SocketError`` with `unexpectedEnd` when the transport ended and the peer had
    ///   not said that it would; `malformed`; `reset` for an alert of the peer's; `handshakeFailed` when
    ///   it has refused this side's certificate by now; the transport's own.
    public func receive(into memory: inout MutableRawSpan) async throws(SocketError) -> Int {
        precondition(memory.byteCount > 0, "receiving into no memory")
        try enterReceiving()
        defer { session.lock.withLock { $0.leaveReceiving() } }
        while true {
            let reading = unsafe memory.withUnsafeMutableBytes { space in
                session.lock.withLock { session in
                    unsafe session.read(
                        into: space.baseAddress.unsafelyUnwrapped,
                        space.count
                    )
                }
            }
            if let count = try await conclude(reading) { return count }
        }
    }

    /// Receives and appends to a buffer.
    ///
    /// As the other form. An empty buffer owns no memory while this waits.
    public func receive(into buffer: inout ByteBuffer) async throws(SocketError) -> Int {
        try enterReceiving()
        defer { session.lock.withLock { $0.leaveReceiving() } }
        while true {
            guard buffer.makeSpace() else {
                throw failure(
                    .limitExceeded,
                    .receive,
                    detail: "the buffer's limit of \(buffer.limit) bytes"
                )
            }
            var reading = TLSSession.Reading.needsMore
            _ = unsafe buffer.fill { space, size in
                reading = session.lock.withLock { unsafe $0.read(into: space, size) }
                if case .count(let count) = reading { return count }
                return 0
            }
            buffer.releaseMemoryIfEmpty()
            if let count = try await conclude(reading) { return count }
        }
    }

    /// What came of a read: its count, or nil when records have come and it is worth another one.
    private func conclude(_ reading: TLSSession.Reading) async throws(SocketError) -> Int? {
        if case .count(let count) = reading { return count }
        // The peer is answered, and told of what it did wrong, as far as that needs no waiting.
        await sendWhatIsLeft()
        if case .failed(let error) = reading { throw located(error) }
        do throws(SocketError) {
            try await session.receiveRecords(from: transport)
        } catch {
            throw located(error)
        }
        return nil
    }

    private func enterReceiving() throws(SocketError) {
        do throws(SocketError) {
            try session.lock.withLock { session throws(SocketError) in
                try session.enterReceiving()
            }
        } catch {
            throw located(error)
        }
    }

    // MARK: Sending

    /// Sends all bytes, in records of 16 KiB.
    ///
    /// Cancellation and deadlines: partial. ``Sockets/SocketError/transferredCount`` counts bytes whose
    /// record was begun; what is left of it goes out before whatever is sent next.
    ///
    /// - Throws: ``Sockets/SocketError`` as for receiving; `brokenPipe` after ``finish()``.
    public func send(_ bytes: RawSpan) async throws(SocketError) {
        try await enterSending(.send)
        defer { session.lock.withLock { $0.leaveSending() } }
        var count = 0
        do throws(SocketError) {
            // What an earlier send has left; without it this does nothing.
            try await session.sendRecords(over: transport)
            repeat {
                count += try encrypt(bytes.extracting(droppingFirst: count))
                try await takeWritersSeat(.send)
                try await session.sendRecords(over: transport)
            } while count < bytes.byteCount
        } catch {
            throw located(error, in: .send, transferred: count)
        }
    }

    private func encrypt(_ bytes: RawSpan) throws(SocketError) -> Int {
        try unsafe bytes.withUnsafeBytes { (bytes) throws(SocketError) in
            try session.lock.withLock { session throws(SocketError) in
                unsafe try session.encrypt(bytes)
            }
        }
    }

    /// Says that nothing more will be sent: close_notify, then the transport's half-close.
    ///
    /// Receiving goes on. Repeating it does nothing, also after a failure: then it goes on.
    ///
    /// - Throws: ``Sockets/SocketError`` of the transport.
    public func finish() async throws(SocketError) {
        try await enterSending(.finish)
        defer { session.lock.withLock { $0.leaveSending() } }
        do throws(SocketError) {
            session.lock.withLock { $0.finish() }
            try await session.sendRecords(over: transport)
            try await transport.finish()
        } catch {
            throw located(error, in: .finish)
        }
    }

    /// Takes the direction and the writer's seat.
    private func enterSending(_ operation: SocketError.Operation) async throws(SocketError) {
        do throws(SocketError) {
            try session.lock.withLock { session throws(SocketError) in
                try session.enterSending(operation)
            }
            try await takeWritersSeat(operation)
        } catch {
            throw located(error)
        }
    }

    /// A receive that answers its peer may have the seat, for as long as a send that does not wait.
    private func takeWritersSeat(_ operation: SocketError.Operation) async throws(SocketError) {
        while try !session.lock.withLock({ (session) throws(SocketError) in
            try session.enterWriting(operation)
        }) {
            await Task.yield()
        }
    }

    /// Sends what a send that was cut short or a receive has left, as far as the transport takes it at
    /// once.
    ///
    /// A receive must not wait for the peer to receive: two peers could wait for each other for ever.
    private func sendWhatIsLeft() async {
        guard session.lock.withLock({ $0.enterWritingIfNeeded() }) else { return }
        try? await withDeadline(.now) { () async throws(SocketError) in
            try await session.sendRecords(over: transport)
        }
    }

    // MARK: Closing

    /// Closes both directions.
    ///
    /// The end is marked (close_notify) if nobody is sending and the transport takes it at once; when
    /// nobody receives either, it has a second's time for it. Call ``finish()`` first where the peer
    /// must be able to tell the end from a cut.
    public func close() { session.close(transport) }

    /// Closes both directions at once: resets the transport.
    public func reset() {
        session.lock.withLock { $0.abandon() }
        transport.reset()
    }

    // MARK: Errors

    /// An error with the addresses of the transport, where it has any.
    private func located(
        _ error: SocketError,
        in operation: SocketError.Operation? = nil,
        transferred count: Int = 0
    ) -> SocketError {
        Self.located(error, over: transport, in: operation, transferred: count)
    }

    private func failure(
        _ code: SocketError.Code,
        _ operation: SocketError.Operation,
        detail: String
    ) -> SocketError {
        located(SocketError(code, in: operation, detail: detail))
    }
}

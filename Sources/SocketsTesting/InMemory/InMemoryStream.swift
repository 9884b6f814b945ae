public import Sockets

/// One end of two connected byte streams in memory: what a protocol is tested on.
///
/// It keeps every rule of ``Sockets/ByteStream``, `checkByteStream` says so, and behaves as a TCP
/// connection within one machine does: bounded, with backpressure, half-close and reset.
///
/// ```swift
/// let (client, server) = InMemoryStream.pair(capacity: 16)
/// try await client.send("hello\n")
/// ```
public final class InMemoryStream: ByteStream {
    private let incoming: MemoryPipe
    private let outgoing: MemoryPipe

    private init(incoming: MemoryPipe, outgoing: MemoryPipe) {
        self.incoming = incoming
        self.outgoing = outgoing
    }

    deinit { close() }

    /// Two connected streams: what one sends the other receives.
    ///
    /// - Parameter capacity: how many bytes each direction holds before a send waits.
    /// - Returns: The two ends, which are alike.
    public static func pair(capacity: Int = 65_536) -> (InMemoryStream, InMemoryStream) {
        precondition(capacity > 0, "a stream that can hold nothing")
        let there = MemoryPipe(capacity: capacity)
        let back = MemoryPipe(capacity: capacity)
        return (
            InMemoryStream(incoming: back, outgoing: there),
            InMemoryStream(incoming: there, outgoing: back)
        )
    }

    /// Receives into memory of the caller's.
    ///
    /// Zero is the end of the stream. Cancellation and deadlines: total.
    ///
    /// - Throws: ``Sockets/SocketError`` with `busy`, `closed`, `reset`, `cancelled` or
    ///   `deadlinePassed`.
    public func receive(into memory: inout MutableRawSpan) async throws(SocketError) -> Int {
        precondition(memory.byteCount > 0, "receiving into no memory")
        try incoming.seats.enter(.reader)
        defer { incoming.seats.leave(.reader) }
        while true {
            let count = try unsafe memory.withUnsafeMutableBytes {
                (space) throws(SocketError) in try unsafe incoming.take(into: space)
            }
            if let count { return count }
            try await incoming.seats.wait(.reader)
        }
    }

    /// Receives and appends to a buffer.
    ///
    /// Zero is the end of the stream. Cancellation and deadlines: total.
    ///
    /// - Throws: ``Sockets/SocketError`` with `limitExceeded` when the buffer is full, and as the
    ///   other form.
    public func receive(into buffer: inout ByteBuffer) async throws(SocketError) -> Int {
        try incoming.seats.enter(.reader)
        defer { incoming.seats.leave(.reader) }
        guard buffer.count < buffer.limit else {
            throw SocketError(
                .limitExceeded,
                in: .receive,
                detail: "the buffer's limit of \(buffer.limit) bytes"
            )
        }
        while true {
            if let bytes = try incoming.take(upTo: buffer.limit - buffer.count) {
                buffer.append(bytes)
                return bytes.count
            }
            try await incoming.seats.wait(.reader)
        }
    }

    /// Sends all bytes; waits while the direction is full.
    ///
    /// Cancellation and deadlines: partial, the error says how many bytes went out.
    ///
    /// - Throws: ``Sockets/SocketError`` with `busy`, `closed`, `brokenPipe` (finished here, or
    ///   closed there), `reset`, `cancelled` or `deadlinePassed`.
    public func send(_ bytes: RawSpan) async throws(SocketError) {
        try outgoing.seats.enter(.writer)
        defer { outgoing.seats.leave(.writer) }
        var count = 0
        repeat {
            let step = try unsafe bytes.withUnsafeBytes { (source) throws(SocketError) in
                try unsafe outgoing.put(source[count...], after: count)
            }
            count += step
            if step == 0, count < bytes.byteCount {
                try await outgoing.seats.wait(.writer, transferred: count)
            }
        } while count < bytes.byteCount
    }

    /// Says that nothing more will be sent; the peer receives the end after what was sent.
    ///
    /// Repeating it does nothing.
    public func finish() async throws(SocketError) {
        try outgoing.seats.enter(.writer, .finish)
        defer { outgoing.seats.leave(.writer) }
        outgoing.finish()
    }

    /// Closes both directions.
    ///
    /// What was sent is still delivered.
    public func close() {
        outgoing.close(.writer)
        incoming.close(.reader)
    }

    /// Closes both directions and throws away what is on the way; the peer gets `reset`.
    public func reset() {
        outgoing.close(.writer, withReset: true)
        incoming.close(.reader, withReset: true)
    }
}

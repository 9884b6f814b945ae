/// Bytes in order, both ways: what TCP and Unix connections are, and what protocols are written on.
///
/// ``StreamConnection`` is the real one; `SocketsTesting` has one in memory and `checkByteStream`,
/// the suite every conforming type passes. The rules:
///
/// - One task receives and one sends at a time; another gets ``SocketError/Code/busy``, and bytes are
///   never interleaved. Receiving and sending go on side by side.
/// - A receive gives at least one byte; zero is the end: the peer has finished. Where the protocol marks
///   the end, as TLS does, one that is not marked is ``SocketError/Code/unexpectedEnd``.
/// - Cancelling a receive, or its deadline passing, consumes no byte. A send that fails says in
///   ``SocketError/transferredCount`` how many bytes went out.
/// - After ``close()``, everything fails with ``SocketError/Code/closed``.
public protocol ByteStream: AnyObject, Sendable {
    /// Receives at least one byte into memory of the caller's. Zero is the end of the stream.
    /// Cancellation and deadlines: total (no byte is consumed).
    func receive(into memory: inout MutableRawSpan) async throws(SocketError) -> Int

    /// Receives at least one byte and appends it to a buffer. Zero is the end of the stream.
    /// Cancellation and deadlines: total. Fails with ``SocketError/Code/limitExceeded`` when the
    /// buffer is at its limit.
    func receive(into buffer: inout ByteBuffer) async throws(SocketError) -> Int

    /// Sends all bytes. Cancellation and deadlines: partial (the error's
    /// ``SocketError/transferredCount`` says how far it came).
    func send(_ bytes: RawSpan) async throws(SocketError)

    /// Says that nothing more will be sent (the half-close); the peer receives the end of the
    /// stream, and this side goes on receiving. Repeating it does nothing.
    func finish() async throws(SocketError)

    /// Closes both directions. Waiting operations fail with ``SocketError/Code/closed``.
    func close()

    /// Closes both directions at once; what is on the way is thrown away, and the peer is told so
    /// (``SocketError/Code/reset``) where the transport can.
    func reset()
}

extension ByteStream {
    /// Sends a text as UTF-8.
    ///
    /// Like ``send(_:)-swift.method``.
    @inlinable
    public func send(_ text: String) async throws(SocketError) {
        try await unsafe send(text.utf8Span.span.bytes)
    }

    /// Sends bytes.
    ///
    /// Like ``send(_:)-swift.method``.
    @inlinable
    public func send(_ bytes: [UInt8]) async throws(SocketError) {
        try await unsafe send(bytes.span.bytes)
    }
}

/// A stream that goes over another, as TLS and WebSocket do.
///
/// So that who has it can ask the kernel about the connection at the bottom, or set its options.
///
/// ```swift
/// var lowest: any ByteStream = stream
/// while let layer = lowest as? any LayeredStream { lowest = layer.lowerStream }
/// let connection = lowest as? StreamConnection
/// ```
public protocol LayeredStream: ByteStream {
    /// The stream below, which belongs to this one: nobody else may receive or send on it.
    var lowerStream: any ByteStream { get }
}

extension ByteStream {
    /// The connection of the kernel's that carries this, if there is one.
    package var lowestConnection: StreamConnection? {
        var lowest: any ByteStream = self
        while let layer = lowest as? any LayeredStream { lowest = layer.lowerStream }
        return lowest as? StreamConnection
    }
}

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
/// and the stream fails with `malformed`, or what the alert it sent says.
///
/// The transport belongs to the stream from the first call on: nobody else may use it.
public final class TLSStream<Transport: ByteStream>: ByteStream {
    /// The stream that carries the records.
    public let transport: Transport

    /// What was agreed on in the handshake.
    public var negotiated: TLSNegotiation { fatalError() }

    /// Makes the handshake as a client.
    ///
    /// Cancellation and deadlines are terminal, as every failure is: the transport is closed.
    ///
    /// - Parameters:
    ///   - transport: A connected stream on which nothing has been sent.
    ///   - name: The server's name or IP address: what its certificate must be for.
    ///   - configuration: What is trusted.
    /// - Returns: The stream, ready for data.
    /// - Throws: ``Sockets/SocketError``: `untrustedPeer`, whose detail says which check failed for
    ///   which name; `handshakeFailed` with the peer's alert; `malformed` when the peer speaks something
    ///   else; `unexpectedEnd`; the transport's own.
    public static func connect(
        over transport: Transport,
        name: String,
        configuration: TLSClientConfiguration
    ) async throws(SocketError) -> TLSStream { fatalError() }

    /// Makes the handshake as a server.
    ///
    /// Like ``connect(over:name:configuration:)``. Give it a deadline: a client may say nothing.
    public static func accept(
        over transport: Transport,
        configuration: TLSServerConfiguration
    ) async throws(SocketError) -> TLSStream { fatalError() }

    init(_ transport: Transport) { self.transport = transport }

    /// Receives into memory of the caller's.
    ///
    /// Zero is the end the peer has marked. Cancellation and deadlines: total.
    public func receive(into memory: inout MutableRawSpan) async throws(SocketError) -> Int { fatalError() }

    /// Receives and appends to a buffer.
    ///
    /// As the other form.
    public func receive(into buffer: inout ByteBuffer) async throws(SocketError) -> Int { fatalError() }

    /// Sends all bytes, in records of 16 KiB.
    ///
    /// Cancellation and deadlines: partial. ``Sockets/SocketError/transferredCount`` counts bytes whose
    /// record was begun; what is left of it goes out before whatever is sent next.
    public func send(_ bytes: RawSpan) async throws(SocketError) { fatalError() }

    /// Says that nothing more will be sent: close_notify, then the transport's half-close.
    ///
    /// Receiving goes on.
    public func finish() async throws(SocketError) { fatalError() }

    /// Closes both directions.
    ///
    /// The end is marked (close_notify) if that can be sent without waiting for the peer; call
    /// ``finish()`` first where the peer must be able to tell the end from a cut.
    public func close() { fatalError() }

    /// Closes both directions at once: resets the transport.
    public func reset() { fatalError() }
}

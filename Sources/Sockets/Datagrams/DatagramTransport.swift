/// Whole datagrams to and from one peer, each sent and received by one call, in no sure order and
/// with no promise that they arrive.
///
/// ``DatagramConnection`` is the real one; `SocketsTesting` has one in memory and
/// `checkDatagramTransport`, the suite every conforming type passes. The rules:
///
/// - A datagram arrives whole or not at all; one that is larger than the receiver's memory is cut
///   off, and the receiver is told its real size. One of no bytes is a datagram; there is no end.
/// - One task receives and one sends at a time; another gets ``SocketError/Code/busy``.
/// - Cancelling a receive, or its deadline passing, consumes no datagram. A send that fails has sent
///   nothing.
/// - After ``close()``, everything fails with ``SocketError/Code/closed``.
public protocol DatagramTransport: AnyObject, Sendable {
    /// Receives one datagram into memory of the caller's. Cancellation and deadlines: total.
    func receive(into memory: inout MutableRawSpan) async throws(SocketError) -> ReceivedDatagram

    /// Sends one datagram. Cancellation and deadlines: total.
    func send(_ bytes: RawSpan) async throws(SocketError)

    /// Closes. Waiting operations fail with ``SocketError/Code/closed``.
    func close()
}

extension DatagramTransport {
    /// Receives one datagram into an array, as much as its size holds.
    ///
    /// Like ``receive(into:)-(MutableRawSpan)``; the array keeps its size, and what is behind the
    /// datagram stays.
    @inlinable
    public func receive(into memory: inout [UInt8]) async throws(SocketError) -> ReceivedDatagram {
        var elements = memory.mutableSpan
        var bytes = unsafe elements.mutableBytes
        return try await receive(into: &bytes)
    }

    /// Sends a text as one datagram.
    ///
    /// Like ``send(_:)-(RawSpan)``.
    @inlinable
    public func send(_ text: String) async throws(SocketError) {
        try await unsafe send(text.utf8Span.span.bytes)
    }

    /// Sends bytes as one datagram.
    ///
    /// Like ``send(_:)-(RawSpan)``.
    @inlinable
    public func send(_ bytes: [UInt8]) async throws(SocketError) {
        try await unsafe send(bytes.span.bytes)
    }
}

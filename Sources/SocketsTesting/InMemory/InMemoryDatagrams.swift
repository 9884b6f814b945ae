public import Sockets

/// One end of two connected datagram sockets in memory: what a protocol is tested on.
///
/// It keeps every rule of ``Sockets/DatagramTransport``, `checkDatagramTransport` says so, and behaves
/// as a pair of Unix datagram sockets does: nothing is lost, doubled or reordered, and a send waits
/// while the peer's queue is full. A network's bad days come with ``LossyDatagrams``.
///
/// ```swift
/// let (client, server) = InMemoryDatagrams.pair()
/// try await client.send("what time is it?")
/// ```
public final class InMemoryDatagrams: DatagramTransport {
    private let incoming: DatagramPipe
    private let outgoing: DatagramPipe

    private init(incoming: DatagramPipe, outgoing: DatagramPipe) {
        self.incoming = incoming
        self.outgoing = outgoing
    }

    deinit { close() }

    /// Two connected ends: what one sends the other receives.
    ///
    /// - Parameters:
    ///   - capacity: how many datagrams each direction holds before a send waits.
    ///   - sizeLimit: the largest datagram in bytes; the default is that of UDP over IPv4.
    /// - Returns: The two ends, which are alike.
    public static func pair(
        capacity: Int = 64,
        sizeLimit: Int = 65_507
    ) -> (InMemoryDatagrams, InMemoryDatagrams) {
        precondition(capacity > 0, "a queue that can hold nothing")
        precondition(sizeLimit >= 0, "a datagram of less than no bytes")
        let there = DatagramPipe(capacity: capacity, sizeLimit: sizeLimit)
        let back = DatagramPipe(capacity: capacity, sizeLimit: sizeLimit)
        return (
            InMemoryDatagrams(incoming: back, outgoing: there),
            InMemoryDatagrams(incoming: there, outgoing: back)
        )
    }

    /// Receives one datagram into memory of the caller's.
    ///
    /// One that is larger than the memory is cut off. Cancellation and deadlines: total.
    ///
    /// - Returns: The sizes; the source is `unix:*`, for there is no address.
    /// - Throws: ``Sockets/SocketError`` with `busy`, `closed`, `cancelled` or `deadlinePassed`.
    public func receive(
        into memory: inout MutableRawSpan
    ) async throws(SocketError) -> ReceivedDatagram {
        try incoming.seats.enter(.reader)
        defer { incoming.seats.leave(.reader) }
        while true {
            if let datagram = try incoming.take() {
                let count = min(datagram.count, memory.byteCount)
                unsafe memory.withUnsafeMutableBytes {
                    unsafe $0.copyBytes(from: datagram[..<count])
                }
                return ReceivedDatagram(
                    source: .unix(.unnamed),
                    count: count,
                    size: datagram.count
                )
            }
            try await incoming.seats.wait(.reader)
        }
    }

    /// Sends one datagram; waits while the peer's queue is full.
    ///
    /// Cancellation and deadlines: total. What is sent to a peer that has closed is lost, as in a
    /// network.
    ///
    /// - Throws: ``Sockets/SocketError`` with `busy`, `closed`, `messageTooLarge`, `cancelled` or
    ///   `deadlinePassed`.
    public func send(_ bytes: RawSpan) async throws(SocketError) {
        try outgoing.seats.enter(.writer)
        defer { outgoing.seats.leave(.writer) }
        let datagram = unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }
        while try !outgoing.put(datagram) { try await outgoing.seats.wait(.writer) }
    }

    /// Closes; waiting operations fail with `closed`.
    ///
    /// What was sent is still delivered.
    public func close() {
        outgoing.close(.writer)
        incoming.close(.reader)
    }
}

public import Sockets

/// Datagrams over a bad network: what is sent through it may be lost, doubled, or overtaken.
///
/// The draws come from a seed, so a test that fails can be repeated. Only sending is touched; wrap
/// both ends for a bad way in both directions. Everything else is the wrapped transport's.
///
/// ```swift
/// let (client, server) = InMemoryDatagrams.pair()
/// let bad = LossyDatagrams(client, .init(loss: 0.1, duplication: 0.05, reordering: 0.2))
/// ```
public final class LossyDatagrams<Base: DatagramTransport>: DatagramTransport {
    /// How bad it is: the probability of each, from 0 to 1.
    public struct Faults: Sendable, Hashable {
        /// A datagram does not arrive.
        public var loss: Double
        /// A datagram arrives twice.
        public var duplication: Double
        /// A datagram arrives after the one that is sent next; held back at the end, it is lost.
        public var reordering: Double

        /// A network with these faults.
        public init(loss: Double = 0, duplication: Double = 0, reordering: Double = 0) {
            for share in [loss, duplication, reordering] {
                precondition((0...1).contains(share), "a probability from 0 to 1")
            }
            self.loss = loss
            self.duplication = duplication
            self.reordering = reordering
        }
    }

    /// What has happened to the datagrams sent so far.
    public struct Counts: Sendable, Hashable {
        /// Sent by the caller.
        public var sent = 0
        /// Thrown away.
        public var lost = 0
        /// Sent twice.
        public var doubled = 0
        /// Held back until after the next.
        public var heldBack = 0
    }

    /// The transport that carries what is not lost.
    public let base: Base
    private let faults: Faults
    private let network: Lock<LossyNetwork>

    /// Puts a bad network before a transport.
    ///
    /// Its draws come from `seed`.
    public init(_ base: Base, _ faults: Faults, seed: UInt64 = SeededRandom.testSeed) {
        self.base = base
        self.faults = faults
        network = Lock(LossyNetwork(random: SeededRandom(seed: seed)))
    }

    /// What has happened so far.
    public var counts: Counts {
        network.withLock {
            Counts(sent: $0.sent, lost: $0.lost, doubled: $0.doubled, heldBack: $0.heldBackCount)
        }
    }

    /// Receives as the wrapped transport does.
    public func receive(
        into memory: inout MutableRawSpan
    ) async throws(SocketError) -> ReceivedDatagram {
        try await base.receive(into: &memory)
    }

    /// Sends one datagram, or loses, doubles or holds it back.
    ///
    /// An error is that of the wrapped transport; a datagram held back may then be lost.
    public func send(_ bytes: RawSpan) async throws(SocketError) {
        let datagram = unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }
        let faults = faults
        let due = network.withLock { network in
            network.next(
                datagram,
                loss: faults.loss,
                duplication: faults.duplication,
                reordering: faults.reordering
            )
        }
        for datagram in due { try await base.send(datagram) }
    }

    /// Closes the wrapped transport.
    public func close() { base.close() }
}

/// What a bad network does next; not generic, so that it can be the state of a lock.
struct LossyNetwork {
    var random: SeededRandom
    var heldBack: [UInt8]?
    var sent = 0
    var lost = 0
    var doubled = 0
    var heldBackCount = 0

    /// What goes out now, in this order, when a datagram is sent.
    mutating func next(
        _ datagram: [UInt8],
        loss: Double,
        duplication: Double,
        reordering: Double
    ) -> [[UInt8]] {
        sent += 1
        if isDrawn(loss) {
            lost += 1
            return []
        }
        if heldBack == nil, isDrawn(reordering) {
            heldBackCount += 1
            heldBack = datagram
            return []
        }
        var due = [datagram]
        if isDrawn(duplication) {
            doubled += 1
            due.append(datagram)
        }
        if let late = heldBack {
            due.append(late)
            heldBack = nil
        }
        return due
    }

    private mutating func isDrawn(_ share: Double) -> Bool {
        Double.random(in: 0..<1, using: &random) < share
    }
}

public import Sockets

/// One packet of a trace.
public struct TraceProbe: Sendable, Hashable {
    /// Its place among all, from 0.
    public let number: Int
    /// Hops it may take, from 1.
    public let hop: Int
    /// Which of the hop's, from 0.
    public let query: Int
}

/// What came back for a probe.
public struct TraceAnswer: Sendable, Hashable {
    /// What it says.
    public enum Kind: Sendable, Hashable {
        /// A router had to drop it: its hops were used up.
        case hop
        /// The destination itself.
        case destination
        /// It goes no further than whoever answered.
        case unreachable(UnreachableMark)
    }

    /// What it says.
    public let kind: Kind
    /// Who answered.
    public let address: IPAddress
    /// How long it took.
    public let time: Duration

    /// Whether no probe gets further than this one.
    var isEnd: Bool { kind != .hop }
}

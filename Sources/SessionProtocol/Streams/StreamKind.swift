/// What a stream promises (docs/session-protocol.md §6).
public enum StreamKind: UInt64, Hashable, Sendable {
    /// Every message, in order, once.
    case log
    /// The latest value of each key; what a slow reader missed is counted.
    case state
    /// Best effort, never queued behind the others.
    case datagram
    /// Messages both ways, as in a log.
    case call
}

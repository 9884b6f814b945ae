public import Sockets

/// What a port turned out to be.
public enum PortState: Sendable, Hashable {
    /// Somebody accepts connections.
    case open
    /// The host says that nobody does.
    case closed
    /// Nothing came back in time, or a report from the network: something is in between.
    case filtered(Reason)

    /// Why a port's state is not known.
    public enum Reason: Sendable, Hashable {
        /// No answer in time.
        case silence
        /// Somebody on the way reported this.
        case reported(by: IPAddress?, UnreachableMark?)
        /// This machine could not ask.
        case failed(SocketError.Code)
    }

    /// `open`, `closed` or `filtered`.
    public var name: String {
        switch self {
        case .open: "open"
        case .closed: "closed"
        case .filtered: "filtered"
        }
    }
}

/// A port and its state.
public struct ScannedPort: Sendable, Hashable {
    /// The number.
    public let port: UInt16
    /// What it turned out to be.
    public let state: PortState
    /// How long the answer took.
    public let time: Duration
}

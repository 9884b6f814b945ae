package import Sockets

/// How a relayed connection ended.
package enum RelayEnding: Sendable {
    /// Both directions have ended, or one end is gone; with the error, if one end broke.
    case ended(SocketError?)
    /// It was dropped, by the timetable or by whoever asked for it.
    case dropped
    /// Nothing had moved for the idle limit.
    case idle
    /// The relay stopped.
    case stopped
}

extension SocketError {
    /// An end that had finished sending is gone, so that nobody waits for what the other still says.
    static var endGone: SocketError {
        SocketError(
            .reset,
            in: .receive,
            detail: "an end is gone that had finished sending"
        )
    }
}

/// A relayed connection that is over.
package struct RelayReport: Sendable {
    package let ending: RelayEnding
    package let toTarget: FlowCounts
    package let toClient: FlowCounts
}

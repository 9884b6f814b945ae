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

/// A relayed connection that is over.
package struct RelayReport: Sendable {
    package let ending: RelayEnding
    package let toTarget: FlowCounts
    package let toClient: FlowCounts
}

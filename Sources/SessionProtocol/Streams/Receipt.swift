/// What became of one send.
///
/// There is exactly one for each.
public enum Receipt: Hashable, Sendable {
    /// The other application has taken it.
    case delivered
    /// It has not, and never will.
    case notDelivered(SessionCode)
    /// It may have; after a deadline, it will not from now on.
    case unknown(SessionCode)
}

/// Names one send of a session.
///
/// Later sends have greater ones.
public struct SendID: Hashable, Comparable, Sendable {
    package let rawValue: UInt64

    /// Earlier comes first.
    public static func < (a: SendID, b: SendID) -> Bool { a.rawValue < b.rawValue }
}

/// Names a stream of a session.
public struct StreamID: Hashable, Sendable, CustomStringConvertible {
    /// The number on the wire: even if the client opened it.
    public let rawValue: UInt64

    init(_ rawValue: UInt64) { self.rawValue = rawValue }

    /// The number.
    public var description: String { String(rawValue) }
}

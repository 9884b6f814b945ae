/// Why something was refused, ended or is missing (docs/session-protocol.md §8).
///
/// An open set: applications have the codes from 1,024.
public struct SessionCode: RawRepresentable, Hashable, Sendable {
    /// The number on the wire, below 2⁶².
    public let rawValue: UInt64

    /// The code with a number; what the wire cannot say becomes ``failed``.
    public init(rawValue: UInt64) {
        self.rawValue = rawValue <= Varint.greatest ? rawValue : 14
    }

    /// Success.
    public static let ok = SessionCode(rawValue: 0)
    /// Withdrawn by its sender.
    public static let cancelled = SessionCode(rawValue: 1)
    /// Its time was over.
    public static let deadline = SessionCode(rawValue: 2)
    /// Ended in good order.
    public static let closed = SessionCode(rawValue: 3)
    /// The application says no.
    public static let refused = SessionCode(rawValue: 4)
    /// Not in this server's memory.
    public static let unknownSession = SessionCode(rawValue: 5)
    /// The secret is not the session's.
    public static let wrongTicket = SessionCode(rawValue: 6)
    /// A newer attachment exists.
    public static let staleEpoch = SessionCode(rawValue: 7)
    /// No version that both speak.
    public static let unsupportedVersion = SessionCode(rawValue: 8)
    /// Try later.
    public static let overloaded = SessionCode(rawValue: 9)
    /// Bytes that the protocol does not allow.
    public static let malformed = SessionCode(rawValue: 10)
    /// More than the receiver said it would hold.
    public static let limit = SessionCode(rawValue: 11)
    /// A type of frame that is not known.
    public static let unknownFrame = SessionCode(rawValue: 12)
    /// A frame that has no meaning here.
    public static let wrongState = SessionCode(rawValue: 13)
    /// The handler of a call failed.
    public static let failed = SessionCode(rawValue: 14)
    /// Nobody handles this name.
    public static let unknownName = SessionCode(rawValue: 15)
    /// The server is about to stop.
    public static let draining = SessionCode(rawValue: 16)
    /// The queue was full.
    public static let dropped = SessionCode(rawValue: 17)
    /// No longer kept.
    public static let trimmed = SessionCode(rawValue: 18)
    /// A newer value took its place.
    public static let superseded = SessionCode(rawValue: 19)
    /// No connection for too long.
    public static let expired = SessionCode(rawValue: 20)
    /// Datagrams have no answer.
    public static let unacknowledged = SessionCode(rawValue: 21)

    private static let names = [
        "ok", "cancelled", "deadline", "closed", "refused", "unknown session", "wrong ticket",
        "stale epoch", "unsupported version", "overloaded", "malformed", "limit", "unknown frame",
        "wrong state", "failed", "unknown name", "draining", "dropped", "trimmed", "superseded",
        "expired", "unacknowledged",
    ]
}

extension SessionCode: CustomStringConvertible {
    /// Its name in words, or `code` and the number.
    public var description: String {
        rawValue < UInt64(Self.names.count) ? Self.names[Int(rawValue)] : "code \(rawValue)"
    }
}

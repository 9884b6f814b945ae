/// Names one connection to the chat, whatever its face and nick.
///
/// The caller chooses the number, usually by counting connections. A number is free again once
/// the member has gone, but counting on keeps late words from reaching a newcomer.
public struct MemberID: Hashable, Sendable, CustomStringConvertible {
    /// The number itself.
    public let rawValue: UInt64

    /// The member of this number.
    public init(_ rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// For logs: `member 7`.
    public var description: String { "member \(rawValue)" }
}

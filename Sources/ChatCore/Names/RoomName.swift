/// What a room is called: `#` and a checked name.
///
/// The alphabet is a nick's, but the name may start with a digit or `-`, since `#2026` cannot be
/// taken for a number. Equality is as for ``Nick``.
public struct RoomName: Hashable, Sendable, CustomStringConvertible {
    /// The spelling of whoever made the room, with its `#`.
    public let text: String
    /// What it is compared by.
    let key: String

    /// Checks a spelling, which starts with `#`.
    ///
    /// - Throws: ``NameProblem``, saying what is wrong and where.
    public init(_ text: String) throws(NameProblem) {
        guard text.utf8.first == UInt8(ascii: "#") else {
            throw text.isEmpty ? .empty : .missingHash
        }
        try NameRules.check(Substring(text.utf8.dropFirst()), offset: 1)
        self.init(checked: text)
    }

    private init(checked text: String) {
        self.text = text
        key = NameRules.fold(text)
    }

    /// `#lobby`, where people land who name no room.
    public static let lobby = RoomName(checked: "#lobby")

    /// The spelling.
    public var description: String { text }

    /// Whether both are the same room, whatever their case.
    public static func == (a: RoomName, b: RoomName) -> Bool { a.key == b.key }

    /// Agrees with `==`.
    public func hash(into hasher: inout Hasher) { hasher.combine(key) }
}

/// One rule of RFC 9110 or 9112, or one of `HTTPLimits`, that peers are held to.
///
/// New ones may be added: compare with those below, and do not expect to have listed them all.
public struct HTTPRule: Hashable, Sendable {
    /// What it is called: `bare CR`.
    public let name: String

    /// What was seen, as a clause.
    public let sentence: String

    /// Where it is written.
    public let section: String

    /// The status a server answers.
    let code: Int

    init(_ name: String, _ sentence: String, _ section: String, _ code: Int = 400) {
        self.name = name
        self.sentence = sentence
        self.section = section
        self.code = code
    }

    /// Rules are the same if their names are.
    public static func == (left: HTTPRule, right: HTTPRule) -> Bool { left.name == right.name }

    /// Hashes the name.
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

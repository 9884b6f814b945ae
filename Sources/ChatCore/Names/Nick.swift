/// What a member is called: a checked name.
///
/// 1...32 characters: letters and digits of any script and `-_[]{}\|^` and backtick, not starting
/// with a digit or `-`. Two nicks are equal when they differ only in case (lowercase mapping of
/// each scalar) or in how accents are composed; the spelling stays as it was given.
///
///     let nick = try Nick("Ada")
///     nick == (try Nick("ada"))  // true
public struct Nick: Hashable, Sendable, CustomStringConvertible {
    /// The spelling its owner chose.
    public let text: String
    /// What it is compared by.
    let key: String

    /// Checks a spelling.
    ///
    /// - Throws: ``NameProblem``, saying what is wrong and where.
    public init(_ text: String) throws(NameProblem) {
        try NameRules.check(text[...])
        if let first = text.unicodeScalars.first, NameRules.isDigit(first) || first == "-" {
            throw .start(first)
        }
        self.text = text
        key = NameRules.fold(text)
    }

    /// The spelling.
    public var description: String { text }

    /// Whether both are the same name, whatever their case.
    public static func == (a: Nick, b: Nick) -> Bool { a.key == b.key }

    /// Agrees with `==`.
    public func hash(into hasher: inout Hasher) { hasher.combine(key) }
}

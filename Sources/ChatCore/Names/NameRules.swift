/// The alphabet that nicks and rooms share.
///
/// Letters and decimal digits of any script, each followed by at most a few combining marks
/// (Devanagari or Vietnamese cannot be written without), and the marks IRC allows. Everything
/// invisible is out: whitespace, controls, format characters (bidi controls, joiners) and the
/// letters Unicode calls default-ignorable, such as the Hangul filler, which print as nothing.
/// Letters of two scripts that look alike are *not* told apart from each other.
enum NameRules {
    /// The marks allowed besides letters and digits: those of RFC 2812 §2.3.1.
    static let marks: Set<Unicode.Scalar> = ["-", "_", "[", "]", "{", "}", "\\", "|", "^", "`"]

    /// Checks a name, or the part of a room's name after its `#`, which starts at `offset`.
    static func check(_ text: Substring, offset start: Int = 0) throws(NameProblem) {
        guard !text.isEmpty else { throw .empty }
        // Bytes first: counting characters costs as much as the peer cared to send.
        guard
            text.utf8.count <= ChatLimits.nameSizeLimit,
            text.count <= ChatLimits.nameCharacterLimit
        else { throw .tooLong }
        var offset = start
        var follows = false  // whether a combining mark may come next
        var markCount = 0
        for scalar in text.unicodeScalars {
            if follows && isCombining(scalar) {
                markCount += 1
                guard markCount <= ChatLimits.nameMarkLimit else { throw .marks(offset: offset) }
            } else {
                follows = isLetter(scalar) || isDigit(scalar)
                markCount = 0
                guard follows || marks.contains(scalar) else {
                    throw .character(scalar, offset: offset)
                }
            }
            offset += UTF8.width(scalar)
        }
    }

    /// What makes two spellings the same name.
    ///
    /// Each scalar's own Unicode lowercase mapping, compared by canonical equivalence as all
    /// Swift strings are. That is not Unicode's full case folding: `ß` and `SS` stay two names,
    /// as do a final and an inner sigma. It is locale-free, and the same on every machine.
    static func fold(_ text: String) -> String { text.lowercased() }

    /// Whether a digit of any script.
    static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .decimalNumber
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
            !scalar.properties.isDefaultIgnorableCodePoint
        default:
            false
        }
    }

    private static func isCombining(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark: !scalar.properties.isDefaultIgnorableCodePoint
        default: false
        }
    }
}

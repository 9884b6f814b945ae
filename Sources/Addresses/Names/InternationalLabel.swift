/// A label of a host name with letters beyond ASCII, as name servers know it: its A-label, `xn--…`
/// (RFC 5890 §2.3.2.1, RFC 5891).
///
/// What a person types is mapped first, as browsers do (RFC 5895, UTS #46, non-transitional): lower case, full width
/// to ASCII, letters and their marks composed (NFC). Then all that RFC 5892 disallows is refused, with a
/// sentence; so is what needs its neighbours' script to be right and is rare (Arabic with U+200C).
package struct InternationalLabel {
    /// The A-label, in ASCII; a label that was ASCII once it was mapped is itself.
    package let ascii: [UInt8]

    /// Why a label is none.
    package struct Problem: Error, Equatable {
        package let reason: String
    }

    /// The longest label in bytes (RFC 1035 §2.3.4).
    private static let sizeLimit = 63

    /// Maps and checks a label in UTF-8.
    package init(_ bytes: some Sequence<UInt8>) throws(Problem) {
        let bytes = Array(bytes)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Problem(reason: "it is not UTF-8")
        }
        guard bytes.count <= 4 * Punycode.scalarLimit else { throw Self.tooLong }
        let mapped = try Self.mapped(text)
        if mapped.allSatisfy(\.isASCII) {
            ascii = mapped.map { UInt8(truncatingIfNeeded: $0.value) }
            return
        }
        try Self.check(mapped)
        guard let code = Punycode.encode(mapped), code.count + 4 <= Self.sizeLimit else {
            throw Self.tooLong
        }
        ascii = Array("xn--".utf8) + code
    }

    private static var tooLong: Problem {
        Problem(reason: "this part is over \(sizeLimit) bytes long in its xn-- form")
    }

    // MARK: Mapping

    private static func mapped(_ text: String) throws(Problem) -> [Unicode.Scalar] {
        var scalars: [Unicode.Scalar] = []
        for scalar in text.unicodeScalars {
            let narrow = narrow(scalar)
            // A final sigma is a letter of its own here, which lowercaseMapping of one scalar keeps.
            for letter in narrow.properties.lowercaseMapping.unicodeScalars {
                try checkAllowed(letter)
                scalars.append(letter)
            }
        }
        guard let composed = ComposedCharacters.composed(scalars) else {
            throw Problem(reason: "letters and their marks are not in their composed form (NFC)")
        }
        // What is left of syllables that are none.
        guard !composed.contains(where: { 0x1100...0x11FF ~= $0.value }) else {
            throw Problem(reason: "parts of Hangul syllables are not allowed in a host name")
        }
        return composed
    }

    /// Full-width forms of ASCII as ASCII.
    private static func narrow(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        guard 0xFF01...0xFF5E ~= scalar.value else { return scalar }
        return Unicode.Scalar(UInt8(truncatingIfNeeded: scalar.value - 0xFF01 + 0x21))
    }

    /// Letters, marks and digits, and the exceptions of RFC 5892 §2.6.
    private static func checkAllowed(_ scalar: Unicode.Scalar) throws(Problem) {
        if scalar.isASCII { return try checkASCII(scalar) }
        let properties = scalar.properties
        let isAllowed =
            switch properties.generalCategory {
            case .lowercaseLetter, .otherLetter, .modifierLetter, .nonspacingMark, .spacingMark,
                .decimalNumber:
                !UnstableScalars.contains(scalar) && !isOldHangul(scalar)
                    && !properties.isDefaultIgnorableCodePoint && !disallowed.contains(scalar)
            default: exceptions.contains(scalar)
            }
        guard isAllowed else {
            throw Problem(reason: "\(name(scalar)) is not allowed in a host name")
        }
    }

    /// What RFC 1123 §2.1 has, and the underscore of names that are no hosts'.
    private static func checkASCII(_ scalar: Unicode.Scalar) throws(Problem) {
        switch scalar {
        case "a"..."z", "0"..."9", "-", "_": break
        default: throw Problem(reason: "\(name(scalar)) is not allowed in a host name")
        }
    }

    /// RFC 5892 §2.6, and those whose neighbours decide (appendix A).
    private static let exceptions: Set<Unicode.Scalar> = [
        "\u{B7}", "\u{375}", "\u{5F3}", "\u{5F4}", "\u{6FD}", "\u{6FE}", "\u{F0B}", "\u{200C}",
        "\u{200D}", "\u{3007}", "\u{30FB}",
    ]

    private static let disallowed: Set<Unicode.Scalar> = [
        "\u{640}", "\u{7FA}", "\u{302E}", "\u{302F}", "\u{3031}", "\u{3032}", "\u{3033}",
        "\u{3034}", "\u{3035}", "\u{303B}",
    ]

    /// Parts of syllables that nothing is composed of today (RFC 5892 §2.9).
    private static func isOldHangul(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x1113...0x115F, 0x1176...0x11A7, 0x11C3...0x11FF, 0xA960...0xA97C, 0xD7B0...0xD7FB:
            true
        default: false
        }
    }

    private static func name(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    // MARK: The whole label

    private static func check(_ label: [Unicode.Scalar]) throws(Problem) {
        guard label.first != "-", label.last != "-" else {
            throw Problem(reason: "no part of a host name begins or ends with '-'")
        }
        // RFC 5891 §4.2.3.1.
        if label.count > 3, label[2] == "-", label[3] == "-" {
            throw Problem(reason: "'--' at its third letter is for xn-- forms")
        }
        switch label[0].properties.generalCategory {
        case .nonspacingMark, .spacingMark:
            throw Problem(reason: "no part of a host name begins with a combining mark")
        default: break
        }
        for (place, scalar) in label.enumerated() where exceptions.contains(scalar) {
            guard isRightlyPlaced(place, in: label) else {
                throw Problem(reason: "\(name(scalar)) is not allowed between these letters")
            }
        }
        try checkDirection(label)
    }

    /// RFC 5892 appendix A, but for the joining types of A.1.
    private static func isRightlyPlaced(_ place: Int, in label: [Unicode.Scalar]) -> Bool {
        let before = place > 0 ? label[place - 1] : nil
        let after = place + 1 < label.count ? label[place + 1] : nil
        switch label[place].value {
        case 0xB7: return before == "l" && after == "l"
        case 0x375: return after.map { 0x370...0x3FF ~= $0.value } ?? false
        case 0x5F3, 0x5F4: return before.map { 0x590...0x5FF ~= $0.value } ?? false
        case 0x200C, 0x200D: return before?.properties.canonicalCombiningClass == .virama
        case 0x30FB:
            return label.contains { scalar in
                scalar.value != 0x30FB
                    && (0x3041...0x30FF ~= scalar.value || scalar.properties.isIdeographic)
            }
        default: return true
        }
    }

    /// The part of the Bidi rule (RFC 5893 §2) that scripts alone decide: what is read from right to left is
    /// not mixed with other letters, and does not begin with a digit.
    private static func checkDirection(_ label: [Unicode.Scalar]) throws(Problem) {
        guard label.contains(where: isRightToLeft) else { return }
        let isMixed = label.contains { scalar in
            switch scalar.properties.generalCategory {
            case .lowercaseLetter, .otherLetter, .modifierLetter: !isRightToLeft(scalar)
            default: false
            }
        }
        guard !isMixed, isRightToLeft(label[0]) else {
            throw Problem(reason: "letters of both directions are in one part of a host name")
        }
    }

    private static func isRightToLeft(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x660...0x669, 0x6F0...0x6F9: false
        case 0x590...0x8FF, 0x10800...0x10FFF, 0x1E800...0x1EFFF:
            scalar.properties.generalCategory != .nonspacingMark
        default: false
        }
    }
}

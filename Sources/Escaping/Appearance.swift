/// What a reader sees of a scalar: the table behind ``Escaper``, and behind names that are refused.
///
/// After Unicode 16: General_Category Cc, Cf, Zl and Zp, Default_Ignorable_Code_Point, Bidi_Control, and
/// the scalars below that fonts draw as nothing although no property says so.
package enum Appearance {
    /// Itself, or a blank of some width.
    case visible
    /// It steers a terminal or ends a line: C0, DEL, C1 (some terminals obey it in UTF-8 too), the line
    /// separators.
    case control
    /// Nothing is seen of it, or it turns the order of what is seen: text with it is not what it looks
    /// like (CVE-2021-42574).
    case disguise
    /// Nothing is seen of it but its effect on the character before it, which ``DisguiseScan`` looks at:
    /// the joiners of emoji and of several scripts, and variation selectors.
    case dependent

    package init(_ scalar: Unicode.Scalar) {
        self =
            switch scalar.value {
            case 0x20..<0x7F: .visible
            case 0x00..<0x20, 0x7F...0x9F, 0x2028, 0x2029: .control
            case 0xA0..<0x0300: scalar.value == 0xAD ? .disguise : .visible
            case 0x200C, 0x200D: .dependent  // zero-width non-joiner and joiner
            case 0xFE00...0xFE0F, 0xE0100...0xE01EF: .dependent  // variation selectors
            case 0x180B...0x180D, 0x180F: .dependent  // Mongolian variation selectors
            default: Self.isDisguise(scalar.value) ? .disguise : .visible
            }
    }

    private static func isDisguise(_ value: UInt32) -> Bool {
        switch value {
        // Direction: marks, embeddings, overrides, isolates.
        case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
        // Seen as nothing: grapheme joiner, Khmer vowels, Mongolian separator, zero-width space, word
        // joiner, invisible operators, deprecated formats, byte order mark, reserved ignorables.
        case 0x034F, 0x17B4, 0x17B5, 0x180E, 0x200B, 0x2060...0x2065, 0x206A...0x206F, 0xFEFF,
            0xFFF0...0xFFF8:
            true
        // Hangul fillers, letters that are blank; the Khitan filler.
        case 0x115F, 0x1160, 0x3164, 0xFFA0, 0x16FE4: true
        // Interlinear annotation hides text.
        case 0xFFF9...0xFFFB: true
        // Formats of hieroglyphs, shorthand and music, which terminals do not draw.
        case 0x13430...0x1343F, 0x1BCA0...0x1BCA3, 0x1D173...0x1D17A: true
        // Tags spell hidden ASCII. Three flags are made of them too, which are shown as a black flag and
        // escapes: too few to let them through.
        case 0xE0000...0xE0FFF: true
        default: false
        }
    }
}

extension Unicode.Scalar {
    /// Whether it is never shown as it is: a control, or a disguise wherever it stands.
    ///
    /// False for joiners and variation selectors, which ``DisguiseScan`` judges by what stands before.
    package var isDisguise: Bool {
        switch Appearance(self) {
        case .control, .disguise: true
        case .visible, .dependent: false
        }
    }
}

extension Unicode.Scalar {
    /// Whether a name with it is not what it looks like: controls, ends of lines, marks of direction, and what
    /// is drawn as nothing.
    package var isUnprintable: Bool {
        switch value {
        case 0..<0x20, 0x7F...0x9F, 0x2028, 0x2029: true
        // The joiners, which emoji and several scripts need.
        case 0x200C, 0x200D: false
        // Variation selectors, which emoji need.
        case 0xFE00...0xFE0F, 0xE0100...0xE01EF, 0x180B...0x180D, 0x180F: false
        // Letters that are blank, and the blank pattern of Braille.
        case 0x115F, 0x1160, 0x3164, 0xFFA0, 0x2800: true
        default: properties.generalCategory == .format || properties.isDefaultIgnorableCodePoint
        }
    }
}

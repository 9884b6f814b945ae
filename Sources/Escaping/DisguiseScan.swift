/// Reads a text scalar by scalar and tells which must not be shown as they are.
///
/// Controls and disguises never are. A joiner or a variation selector is, where honest people write
/// one: right after a character that it can act on, and at most one of each. So emoji (`👩‍🚀`, `❤️‍🔥`,
/// `1️⃣`), Persian, Hindi and ideographic variants stay what they are, while one between Latin letters,
/// at the beginning, or in a row of them is shown.
///
///     var scan = DisguiseScan()
///     let isHonest = !name.unicodeScalars.contains { scan.isDisguise($0) }
package struct DisguiseScan: Sendable {
    /// What stands before the next scalar.
    private enum Base {
        /// Nothing on which a joiner or a selector acts.
        case none
        /// `0`…`9`, `#`, `*`, © and ®: emoji, with U+FE0F.
        case sign
        /// An ideograph, which has variants of its own.
        case ideograph
        /// A Mongolian letter.
        case mongolian
        /// Any other character that may have a variant or be joined.
        case joinable
        /// Such a one with its selector.
        case selected
    }

    private var base = Base.none

    package init() {}

    /// Whether the next scalar must be shown as an escape.
    package mutating func isDisguise(_ scalar: Unicode.Scalar) -> Bool {
        switch Appearance(scalar) {
        case .visible:
            base = Self.base(scalar.value)
            return false
        case .control, .disguise:
            base = .none
            return true
        case .dependent:
            let next = after(scalar.value)
            base = next ?? .none
            return next == nil
        }
    }

    /// Something else has been shown in between.
    package mutating func restart() { base = .none }

    /// What a joiner or a selector leaves behind; nil where it has nothing to act on.
    private func after(_ value: UInt32) -> Base? {
        switch (value, base) {
        case (0x200C...0x200D, .joinable), (0x200C...0x200D, .selected),
            (0x200C...0x200D, .mongolian):
            Base.none
        case (0xFE00...0xFE0F, .joinable), (0xFE00...0xFE0F, .ideograph), (0xFE0E...0xFE0F, .sign),
            (0x180B...0x180F, .mongolian), (0xE0100...0xE01EF, .ideograph):
            .selected
        default: nil
        }
    }

    /// Letters of Latin, Greek and Cyrillic, which look alike already, are neither joined nor varied;
    /// nor are blanks and most punctuation.
    private static func base(_ value: UInt32) -> Base {
        switch value {
        case 0x30...0x39, 0x23, 0x2A, 0xA9, 0xAE: .sign
        case 0..<0x0600: .none
        case 0x1820...0x18AA: .mongolian
        case 0x203C, 0x2049: .sign  // ‼ and ⁉
        case 0x1C80...0x1C8F, 0x1D00...0x1DBF, 0x1E00...0x206F, 0x2C60...0x2C7F, 0x3000: .none
        case 0xA640...0xA69F, 0xA720...0xA7FF, 0xAB30...0xAB6F, 0xFF21...0xFF5A: .none
        case 0x1D400...0x1D7FF: .none  // letters of mathematics
        case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x3FFFF: .ideograph
        default: .joinable
        }
    }
}

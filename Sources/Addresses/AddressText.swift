/// What the address types need to know about bytes of text.
package enum AddressText {
    package static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }

    package static func isLetter(_ byte: UInt8) -> Bool {
        lowercased(byte) >= UInt8(ascii: "a") && lowercased(byte) <= UInt8(ascii: "z")
    }

    /// A printable ASCII byte that is not the space.
    package static func isVisible(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F }

    /// A byte of the C0 controls, or DEL.
    package static func isControl(_ byte: UInt8) -> Bool { byte < 0x20 || byte == 0x7F }

    package static func lowercased(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte + 0x20 : byte
    }

    /// The value of a hex digit of either case.
    package static func hexValue(_ byte: UInt8) -> UInt8? {
        switch lowercased(byte) {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): lowercased(byte) - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    /// `\x0A` for the byte 10: the one escape the address types print, and read in Unix names.
    package static func hexEscape(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16, uppercase: true)
        return byte < 0x10 ? "\\x0\(digits)" : "\\x\(digits)"
    }

    /// The byte as itself if printable ASCII, escaped if not.
    ///
    /// Anything else could move the cursor of the terminal that shows an error, reverse its
    /// text, or take two columns and push a caret off its mark.
    package static func printable(_ byte: UInt8) -> String {
        isVisible(byte) || byte == 0x20 ? String(Unicode.Scalar(byte)) : hexEscape(byte)
    }

    /// The byte as a sentence names it: `'x'`, `a space`, `a control character (\x07)`.
    package static func name(_ byte: UInt8) -> String {
        switch byte {
        case 0: "a NUL byte"
        case 0x20: "a space"
        case 0x80...: "a non-ASCII character"
        case _ where isControl(byte): "a control character (\(hexEscape(byte)))"
        default: "'\(Unicode.Scalar(byte))'"
        }
    }
}

/// Base64 with padding (RFC 4648 §4), for payloads that are no text.
enum Base64 {
    private static let digits = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
    )

    /// The value of each byte as a digit; 255 for what is none.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        for (value, digit) in digits.enumerated() { values[Int(digit)] = UInt8(value) }
        return values
    }()

    private static let padding = UInt8(ascii: "=")

    static func append(_ bytes: [UInt8], to text: inout [UInt8]) {
        var index = 0
        while bytes.count - index >= 3 {
            let group =
                UInt32(bytes[index]) << 16 | UInt32(bytes[index + 1]) << 8
                | UInt32(bytes[index + 2])
            text.append(digit(group >> 18))
            text.append(digit(group >> 12))
            text.append(digit(group >> 6))
            text.append(digit(group))
            index += 3
        }
        switch bytes.count - index {
        case 1:
            let group = UInt32(bytes[index])
            text += [digit(group >> 2), digit(group << 4), padding, padding]
        case 2:
            let group = UInt32(bytes[index]) << 8 | UInt32(bytes[index + 1])
            text += [digit(group >> 10), digit(group >> 4), digit(group << 2), padding]
        default: break
        }
    }

    /// Nil for what no encoder writes: other bytes, wrong padding, bits behind the last byte.
    static func decode(_ text: [UInt8]) -> [UInt8]? {
        guard text.count.isMultiple(of: 4) else { return nil }
        guard let last = text.last else { return [] }
        // Not looked up for every digit: a static property is checked each time it is read.
        let values = values
        let padded = last != padding ? 0 : text[text.count - 2] != padding ? 1 : 2
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3)
        var index = 0
        let end = padded == 0 ? text.count : text.count - 4
        while index < end {
            guard let group = group(text, at: index, of: 4, values) else { return nil }
            bytes.append(UInt8(truncatingIfNeeded: group >> 16))
            bytes.append(UInt8(truncatingIfNeeded: group >> 8))
            bytes.append(UInt8(truncatingIfNeeded: group))
            index += 4
        }
        guard padded > 0 else { return bytes }
        // The padding ends the last group, and what hangs over is zero.
        guard let group = group(text, at: end, of: 4 - padded, values) else { return nil }
        guard group & (padded == 1 ? 0b11 : 0b1111) == 0 else { return nil }
        if padded == 1 { bytes.append(UInt8(truncatingIfNeeded: group >> 10)) }
        bytes.append(UInt8(truncatingIfNeeded: group >> (padded == 1 ? 2 : 4)))
        return bytes
    }

    /// The bits of so many digits, six each; nil when one is none.
    private static func group(
        _ text: [UInt8],
        at start: Int,
        of count: Int,
        _ values: [UInt8]
    ) -> UInt32? {
        var group: UInt32 = 0
        for index in start..<start + count {
            let value = values[Int(text[index])]
            guard value < 64 else { return nil }
            group = group << 6 | UInt32(value)
        }
        return group
    }

    private static func digit(_ bits: UInt32) -> UInt8 { digits[Int(bits & 63)] }
}

import HTTPTypes

extension [UInt8] {
    /// A literal's bytes.
    @inline(__always)
    mutating func append(_ literal: StaticString) {
        // A static string's bytes live for ever, and it says how many there are.
        let bytes = unsafe UnsafeBufferPointer(
            start: literal.utf8Start,
            count: literal.utf8CodeUnitCount
        )
        unsafe append(contentsOf: bytes)
    }

    mutating func append(valueOf field: HTTPField) {
        // The pointer does not leave the closure.
        unsafe field.withUnsafeBytesOfValue { unsafe append(contentsOf: $0) }
    }

    /// The number in decimal digits.
    mutating func append(decimal value: UInt64) {
        append(value, radix: 10)
    }

    /// The number in hexadecimal digits, lower case.
    mutating func append(hexadecimal value: UInt64) {
        append(value, radix: 16)
    }

    private mutating func append(_ value: UInt64, radix: UInt64) {
        // No number of 64 bits has more digits than 20.
        var digits = InlineArray<20, UInt8>(repeating: 0)
        var start = 20
        var rest = value
        repeat {
            start &-= 1
            let digit = UInt8(truncatingIfNeeded: rest % radix)
            digits[start] =
                digit < 10 ? digit &+ UInt8(ascii: "0") : digit &+ UInt8(ascii: "a") &- 10
            rest /= radix
        } while rest > 0
        for index in start..<20 { append(digits[index]) }
    }
}

/// Digits as HTTP's grammar has them: nothing but `0`…`9`, so no sign, no space, no underscore.
enum DecimalNumber {
    /// The value, or nil if anything else is there; more than an `Int` holds is `Int.max`.
    ///
    /// A position beyond every file is not a mistake of grammar, so it saturates.
    static func parse(_ digits: some Collection<UInt8>) -> Int? {
        guard !digits.isEmpty else { return nil }
        var value = 0
        for digit in digits {
            guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
            let (ten, tooBig) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflow) = ten.addingReportingOverflow(Int(digit - UInt8(ascii: "0")))
            value = tooBig || overflow ? Int.max : sum
        }
        return value
    }
}

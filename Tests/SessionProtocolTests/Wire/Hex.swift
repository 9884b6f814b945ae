/// Bytes from hexadecimal digits; spaces do not count.
func hex(_ text: String) -> [UInt8] {
    let digits = text.filter { !$0.isWhitespace }
    precondition(digits.count % 2 == 0, "two digits a byte")
    return stride(from: 0, to: digits.count, by: 2).map { place in
        let start = digits.index(digits.startIndex, offsetBy: place)
        guard let byte = UInt8(digits[start...].prefix(2), radix: 16) else {
            preconditionFailure("not hexadecimal: \(text)")
        }
        return byte
    }
}

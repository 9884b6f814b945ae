/// The elements of a comma-separated list (RFC 9110 §5.6.1) without quoted strings, one after another,
/// empty ones included.
struct ListElements {
    private var rest: Range<Int>
    private var isAtEnd = false

    init(_ value: Range<Int>) {
        rest = value
    }

    /// The next element without the whitespace around it, or nil after the last.
    mutating func next(in input: RawSpan) -> Range<Int>? {
        guard !isAtEnd else { return nil }
        guard let comma = input.firstIndex(of: UInt8(ascii: ","), in: rest) else {
            isAtEnd = true
            return input.trimmed(rest)
        }
        let element = input.trimmed(rest.lowerBound..<comma)
        rest = (comma + 1)..<rest.upperBound
        return element
    }
}

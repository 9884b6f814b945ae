/// Which part of a representation a response has (RFC 9110 §14.4).
struct ContentRange: Equatable {
    /// Places of bytes.
    let range: ClosedRange<Int>
    /// The size of the whole; nil if the server does not know.
    let total: Int?

    /// Reads `bytes 5-9/10`; nil for anything else, `bytes */10` too, which has no part.
    init?(parsing text: String) {
        let words = text.utf8.split(separator: UInt8(ascii: " "), maxSplits: 1)
        guard words.count == 2, String(words[0])?.lowercased() == "bytes" else { return nil }
        let halves = words[1].split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard halves.count == 2 else { return nil }
        let ends = halves[0].split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard ends.count == 2, let first = DecimalNumber.parse(ends[0]),
            let last = DecimalNumber.parse(ends[1]), first <= last, last < .max
        else { return nil }
        range = first...last
        if halves[1].elementsEqual("*".utf8) {
            total = nil
        } else {
            guard let size = DecimalNumber.parse(halves[1]), size > last else { return nil }
            total = size
        }
    }
}

internal import HTTPCodec

/// A list of things a client likes, each with a weight (RFC 9110 §12.4.2).
///
/// Weights are in thousandths, as the grammar allows three digits.
struct QualityValues: Equatable {
    /// In lower case, without parameters.
    private(set) var weights: [(name: String, weight: Int)] = []

    /// Elements of a field that are looked at; a client of the web sends about eight.
    static let countLimit = 64

    /// Reads Accept, Accept-Encoding and the like; an element that breaks the grammar is skipped.
    init(parsing text: String) {
        for element in text.pieces(between: UInt8(ascii: ",")).prefix(Self.countLimit) {
            let parts = element.pieces(between: UInt8(ascii: ";")).map(\.withoutBlanksAround)
            guard let name = parts.first, !name.isEmpty else { continue }
            var weight: Int? = 1_000
            for parameter in parts.dropFirst() {
                guard Substring(parameter.utf8.prefix(2)).isSameBytesIgnoringCase(as: "q=")
                else { continue }
                weight = Self.weight(parameter.utf8.dropFirst(2))
            }
            if let weight { weights.append((name.asciiLowercased, weight)) }
        }
    }

    /// The weight of the first of these names that is listed, most specific first.
    func weight(ofFirst names: String...) -> Int? {
        for name in names {
            if let found = weights.first(where: { $0.name.isSameBytes(as: name) }) {
                return found.weight
            }
        }
        return nil
    }

    static func == (left: Self, right: Self) -> Bool {
        left.weights.elementsEqual(right.weights, by: ==)
    }

    /// `0`, `0.5`, `1.000`.
    private static func weight(_ text: Substring.UTF8View) -> Int? {
        let parts = text.split(
            separator: UInt8(ascii: "."),
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        guard let whole = parts.first, whole.count == 1, let units = DecimalNumber.parse(whole),
            units <= 1
        else { return nil }
        guard parts.count == 2, !parts[1].isEmpty else { return units * 1_000 }
        guard parts[1].count <= 3, var thousandths = DecimalNumber.parse(parts[1]) else {
            return nil
        }
        for _ in parts[1].count..<3 { thousandths *= 10 }
        let sum = units * 1_000 + thousandths
        return sum <= 1_000 ? sum : nil
    }
}

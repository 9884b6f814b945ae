/// Punycode (RFC 3492): a label of any letters as one of ASCII.
enum Punycode {
    // §5.
    private static let base: UInt32 = 36
    private static let minimum: UInt32 = 1
    private static let maximum: UInt32 = 26
    private static let skew: UInt32 = 38
    private static let damp: UInt32 = 700
    private static let firstBias: UInt32 = 72
    private static let firstScalar: UInt32 = 0x80

    /// The most scalars that are encoded: more than 63 bytes of a label can stand for.
    ///
    /// With it nothing below overflows: deltas are at most (limit + 1) × 0x110000.
    static let scalarLimit = 256

    /// The encoded form without `xn--`; nil if there are more scalars than the limit.
    static func encode(_ scalars: [Unicode.Scalar]) -> [UInt8]? {
        guard scalars.count <= scalarLimit else { return nil }
        var output = scalars.filter(\.isASCII).map { UInt8(truncatingIfNeeded: $0.value) }
        let basicCount = UInt32(output.count)
        if basicCount > 0 { output.append(UInt8(ascii: "-")) }
        var (next, delta, bias) = (firstScalar, UInt32(0), firstBias)
        var handled = basicCount
        while handled < scalars.count {
            guard let least = scalars.lazy.map(\.value).filter({ $0 >= next }).min() else { break }
            delta += (least - next) * (handled + 1)
            next = least
            for scalar in scalars {
                if scalar.value < next { delta += 1 }
                guard scalar.value == next else { continue }
                append(delta, bias: bias, to: &output)
                bias = adapt(delta, count: handled + 1, isFirst: handled == basicCount)
                delta = 0
                handled += 1
            }
            delta += 1
            next += 1
        }
        return output
    }

    /// A number of variable length (§3.3).
    private static func append(_ number: UInt32, bias: UInt32, to output: inout [UInt8]) {
        var (rest, place) = (number, base)
        while true {
            let threshold =
                place <= bias ? minimum : place >= bias + maximum ? maximum : place - bias
            guard rest >= threshold else { break }
            output.append(digit(threshold + (rest - threshold) % (base - threshold)))
            rest = (rest - threshold) / (base - threshold)
            place += base
        }
        output.append(digit(rest))
    }

    /// `a`…`z`, `0`…`9`.
    private static func digit(_ value: UInt32) -> UInt8 {
        let value = UInt8(truncatingIfNeeded: value)
        return value < 26 ? UInt8(ascii: "a") + value : UInt8(ascii: "0") + (value - 26)
    }

    /// §6.1.
    private static func adapt(_ delta: UInt32, count: UInt32, isFirst: Bool) -> UInt32 {
        var delta = isFirst ? delta / damp : delta / 2
        delta += delta / count
        var bias: UInt32 = 0
        while delta > (base - minimum) * maximum / 2 {
            delta /= base - minimum
            bias += base
        }
        return bias + (base - minimum + 1) * delta / (delta + skew)
    }
}

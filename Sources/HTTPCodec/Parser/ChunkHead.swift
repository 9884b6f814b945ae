/// The line before a chunk's data (RFC 9112 §7.1): `1*HEXDIG *( ";" name [ "=" value ] )`.
///
/// The whitespace that old peers put around extensions is refused in requests: readers that skip it and
/// readers that do not find different sizes. In responses it is skipped, and so are extensions of any
/// grammar: nobody reads them (§7.1.1).
struct ChunkHead {
    /// The most digits: all of a 64-bit number, leading zeros included.
    static let digitsLimit = 16

    let size: UInt64

    /// What is behind the size, to the line's end; it means nothing here.
    let extensions: Range<Int>

    init(_ input: RawSpan, _ line: Range<Int>, _ tolerance: Tolerance) throws(Breach) {
        var size: UInt64 = 0
        var index = line.lowerBound
        while index < line.upperBound, let digit = input.byte(at: index).hexadecimalValue {
            guard index - line.lowerBound < Self.digitsLimit else {
                throw Breach(.malformedChunkSize, at: index)
            }
            size = size << 4 | UInt64(digit)
            index += 1
        }
        guard index > line.lowerBound, size <= UInt64(Int64.max) else {
            throw Breach(.malformedChunkSize, at: line.lowerBound)
        }
        let sizeEnd = index
        if tolerance.isTolerant {
            while index < line.upperBound, input.byte(at: index).isBlank { index += 1 }
        }
        if index < line.upperBound, input.byte(at: index) != UInt8(ascii: ";") {
            throw Breach(
                input.byte(at: index) == .carriageReturn
                    ? .bareCarriageReturn : .malformedChunkSize,
                at: index
            )
        }
        self.size = size
        extensions = sizeEnd..<line.upperBound
        if tolerance.isTolerant {
            for place in extensions where input.byte(at: place).isForbiddenInValue {
                throw Self.breach(input, place)
            }
        } else {
            try Self.checkExtensions(input, extensions)
        }
    }

    private static func checkExtensions(_ input: RawSpan, _ range: Range<Int>) throws(Breach) {
        var index = range.lowerBound
        while index < range.upperBound {
            guard input.byte(at: index) == UInt8(ascii: ";") else { throw breach(input, index) }
            try skipToken(input, &index, range)
            guard index < range.upperBound, input.byte(at: index) == UInt8(ascii: "=") else {
                continue
            }
            if index + 1 < range.upperBound, input.byte(at: index + 1) == UInt8(ascii: "\"") {
                index += 1
                try skipQuoted(input, &index, range)
            } else {
                try skipToken(input, &index, range)
            }
        }
    }

    /// Past the byte at `index` and the token that must follow it.
    private static func skipToken(
        _ input: RawSpan,
        _ index: inout Int,
        _ range: Range<Int>
    ) throws(Breach) {
        index += 1
        let start = index
        while index < range.upperBound, input.byte(at: index).isToken { index += 1 }
        guard index > start else { throw breach(input, index, within: range) }
    }

    /// Past the quoted string (RFC 9110 §5.6.4) whose quote is at `index`.
    private static func skipQuoted(
        _ input: RawSpan,
        _ index: inout Int,
        _ range: Range<Int>
    ) throws(Breach) {
        index += 1
        while index < range.upperBound {
            let byte = input.byte(at: index)
            guard !byte.isForbiddenInValue else { throw breach(input, index) }
            index += 1
            if byte == UInt8(ascii: "\"") { return }
            if byte == UInt8(ascii: "\\") {
                guard index < range.upperBound, !input.byte(at: index).isForbiddenInValue else {
                    throw breach(input, index, within: range)
                }
                index += 1
            }
        }
        throw Breach(.malformedChunkExtension, at: range.upperBound)
    }

    private static func breach(
        _ input: RawSpan,
        _ index: Int,
        within range: Range<Int>
    ) -> Breach {
        index < range.upperBound
            ? breach(input, index) : Breach(.malformedChunkExtension, at: index)
    }

    private static func breach(_ input: RawSpan, _ index: Int) -> Breach {
        Breach(
            input.byte(at: index) == .carriageReturn
                ? .bareCarriageReturn : .malformedChunkExtension,
            at: index
        )
    }
}

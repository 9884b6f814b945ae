import Addresses

extension FilterParser {
    /// Reads a network: `10.0.0.0/8`, `10/8`, `10`, `10.0.0.0 mask 255.0.0.0`, `2001:db8::/32`.
    mutating func net(_ words: FilterQualifiers) throws(CaptureFilterError) -> FilterPrimitive {
        let whole = token
        let slash = cursor.bytes[whole].firstIndex(of: UInt8(ascii: "/"))
        let base = whole.lowerBound..<(slash ?? whole.upperBound)
        if cursor.hasColons(in: base) {
            try checkIPv6(words)
            guard case .v6(let address) = try address(base) else {
                throw failure("an IPv6 address is missing here", in: base)
            }
            var length = 128
            if let slash { length = try prefixLength(slash, limit: 128) }
            try checkHostBits(address, length, in: whole)
            advance()
            return .address(.v6(address, length: length), words.direction, nil)
        }
        let type = try linkType(words)
        let (bits, octets) = try partialIPv4(base)
        var mask = UInt32.max << UInt32(32 - 8 * octets)
        if let slash {
            let length = try prefixLength(slash, limit: 32)
            mask = length == 0 ? 0 : .max << UInt32(32 - length)
        }
        advance()
        if slash == nil, take("mask") {
            guard case .v4(let written) = try address(token) else {
                throw failure("a mask is written as 255.255.0.0")
            }
            mask = written.bits
            advance()
        }
        guard bits & ~mask == 0 else {
            throw failure("bits outside of the mask are set in '\(cursor.quote(base))'", in: base)
        }
        return .address(.v4(IPv4Address(bits: bits), mask: mask), words.direction, type)
    }

    /// Reads one to four numbers of an IPv4 address, the first ones; the rest is zero.
    private func partialIPv4(
        _ range: Range<Int>
    ) throws(CaptureFilterError) -> (bits: UInt32, octets: Int) {
        let dots = cursor.bytes[range].count { $0 == UInt8(ascii: ".") }
        let text = String(decoding: cursor.bytes[range], as: UTF8.self)
        let full = text + String(repeating: ".0", count: max(0, 3 - dots))
        do throws(AddressParseError) {
            return (try IPv4Address(full).bits, min(dots, 3) + 1)
        } catch {
            // The mistake of the text as it was written, with its place.
            _ = try address(range)
            throw failure(error.reason, in: range)
        }
    }

    private func prefixLength(_ slash: Int, limit: Int) throws(CaptureFilterError) -> Int {
        let range = slash + 1..<token.upperBound
        let digits = cursor.bytes[range]
        guard !digits.isEmpty, digits.allSatisfy(AddressText.isDigit),
            let length = cursor.decimal(range, limit: UInt32(limit))
        else { throw failure("a prefix has a length of 0 to \(limit)", in: range) }
        return Int(length)
    }

    private func checkHostBits(
        _ address: IPv6Address,
        _ length: Int,
        in range: Range<Int>
    ) throws(CaptureFilterError) {
        // Shifts of 64 and more give zero.
        let high = address.highBits & (UInt64.max >> UInt64(min(length, 64)))
        let low = address.lowBits & (UInt64.max >> UInt64(max(0, length - 64)))
        guard high == 0, low == 0 else {
            throw failure(
                "bits outside of the prefix are set in '\(cursor.quote(range))'",
                in: range
            )
        }
    }
}

extension AddressParser {
    /// Whether there are at least two colons in `range`, as in every IPv6 address.
    fileprivate func hasColons(in range: Range<Int>) -> Bool {
        bytes[range].count { $0 == UInt8(ascii: ":") } > 1
    }
}

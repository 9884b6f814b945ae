/// The groups of an IPv6 address as they are read, before `::` is given its length.
private struct WrittenGroups {
    /// The groups in the order they stand in the text; from `count` on they mean nothing.
    var groups = [8 of UInt16](repeating: 0)

    /// How many are written.
    var count = 0

    /// How many stand before `::`, and its place in the text.
    var gap: (group: Int, place: Int)?

    mutating func append(_ group: UInt16) {
        groups[count] = group
        count += 1
    }

    /// The whole address: the groups after `::` moved to the end, zeros where it stands.
    var spread: [8 of UInt16] {
        guard let gap else { return groups }
        return [8 of UInt16] { index in
            if index < gap.group { return groups[index] }
            let fromEnd = 8 - index
            return fromEnd <= count - gap.group ? groups[count - fromEnd] : 0
        }
    }
}

extension AddressParser {
    /// Reads an address in any form of RFC 4291 §2.2, with its zone.
    ///
    /// In a URL the `%` before the zone may be written `%25` (RFC 6874 §2), as browsers and curl have it.
    package mutating func ipv6Address(inURL: Bool = false) throws(AddressParseError) -> IPv6Address
    {
        var address = try IPv6Address(groups: ipv6Groups())
        guard take("%") else { return address }
        // `%25]` is the interface whose index is 25.
        if inURL, isNext(word: "25"), !bytes[position...].dropFirst(2).starts(with: "]".utf8) {
            position += 2
        }
        address.zone = try zone()
        return address
    }

    /// Reads an address in brackets, as it stands before a port (RFC 3986 §3.2.2).
    package mutating func bracketedIPv6Address(
        inURL: Bool = false
    ) throws(AddressParseError) -> IPv6Address {
        let start = position
        position += 1
        let address = try ipv6Address(inURL: inURL)
        guard take("]") else {
            guard let byte = peek() else { throw failure("this '[' has no ']'", at: start) }
            throw failure("\(AddressText.name(byte)) is not expected in an IPv6 address")
        }
        return address
    }

    private mutating func ipv6Groups() throws(AddressParseError) -> [8 of UInt16] {
        let start = position
        guard !isNext(":") || isNext(word: "::") else {
            throw failure("an IPv6 address does not begin with a single ':'")
        }
        var written = WrittenGroups()
        while true {
            if isNext(word: "::") {
                try takeGap(&written)
                // "::" may end an address.
                guard let byte = peek(), AddressText.hexValue(byte) != nil else { break }
            } else if written.count > 0, !take(":") {
                break
            }
            guard written.count < 8 else {
                throw failure("an IPv6 address has eight groups, this one more", at: position - 1)
            }
            let isLast = try takeGroup(&written)
            if isLast { break }
        }
        try checkCount(written, in: start..<position)
        return written.spread
    }

    private mutating func takeGap(_ written: inout WrittenGroups) throws(AddressParseError) {
        guard written.gap == nil else {
            throw failure("'::' stands in an IPv6 address only once", length: 2)
        }
        written.gap = (written.count, position)
        position += 2
    }

    /// Reads a group, or the IPv4 address that may stand for the last two (RFC 4291 §2.2.3).
    ///
    /// - Returns: whether nothing may follow.
    private mutating func takeGroup(
        _ written: inout WrittenGroups
    ) throws(AddressParseError) -> Bool {
        let start = position
        let group = try hexGroup()
        guard isNext(".") else {
            written.append(group)
            return false
        }
        position = start
        guard written.count <= 6 else {
            throw failure("no room is left here for an IPv4 address")
        }
        let bits = try ipv4Address().bits
        written.append(UInt16(truncatingIfNeeded: bits >> 16))
        written.append(UInt16(truncatingIfNeeded: bits))
        return true
    }

    /// Reads one to four hex digits.
    private mutating func hexGroup() throws(AddressParseError) -> UInt16 {
        let start = position
        var value: UInt16 = 0
        while let byte = peek(), let digit = AddressText.hexValue(byte) {
            guard position - start < 4 else {
                throw failure("a group of an IPv6 address has at most four digits")
            }
            value = value << 4 | UInt16(digit)
            position += 1
        }
        guard position > start else {
            guard let byte = peek() else {
                throw failure("a group of hex digits is missing here", length: 0)
            }
            throw failure("\(AddressText.name(byte)) stands where a hex digit should")
        }
        return value
    }

    private func checkCount(
        _ written: WrittenGroups,
        in range: Range<Int>
    ) throws(AddressParseError) {
        if let gap = written.gap {
            guard written.count == 8 else { return }
            throw failure(
                "'::' stands for no group here: eight are written",
                at: gap.place,
                length: 2
            )
        }
        guard written.count < 8 else { return }
        throw failure(
            "an IPv6 address has eight groups, this one only \(written.count) and no '::'",
            in: range
        )
    }
}

extension IPv6Address: CustomStringConvertible {
    /// The one canonical form of RFC 5952, then `%` and the zone where there is one.
    ///
    /// The zone is printed as its interface's name, looked up at that moment, or as its index
    /// where the name would not be read back as the same zone.
    public var description: String {
        guard zone != 0 else { return addressText }
        guard let name = InterfaceName.name(of: zone), AddressParser.isZoneName(name.utf8) else {
            return "\(addressText)%\(zone)"
        }
        return "\(addressText)%\(name)"
    }

    private var addressText: String {
        // RFC 5952 §5: dotted where the prefix itself says that IPv4 is inside.
        if let ipv4Mapped { return "::ffff:\(ipv4Mapped)" }
        let groups = groups
        let gap = longestZeroRun(groups)
        var text = ""
        for index in 0..<8 where index <= gap.lowerBound || index >= gap.upperBound {
            if index == gap.lowerBound, !gap.isEmpty {
                text += "::"
                continue
            }
            if index > 0, index != gap.upperBound || gap.isEmpty { text += ":" }
            // §4.1 and §4.3: no leading zeros, lowercase.
            text += String(groups[index], radix: 16)
        }
        return text
    }

    /// The groups that `::` stands for, empty and past the end for none.
    ///
    /// RFC 5952 §4.2: the longest run of zeros, the first of equals, never a single group.
    private func longestZeroRun(_ groups: [8 of UInt16]) -> Range<Int> {
        var longest = 8..<8
        var start = 0
        for index in 0..<8 {
            guard groups[index] == 0 else {
                start = index + 1
                continue
            }
            let run = start..<index + 1
            if run.count > max(longest.count, 1) { longest = run }
        }
        return longest
    }
}

extension AddressParser {
    /// Reads an address in any form of RFC 4291 §2.2, with its zone.
    mutating func ipv6Address() throws(AddressParseError) -> IPv6Address {
        var address = try IPv6Address(groups: ipv6Groups())
        if take("%") { address.zone = try zone() }
        return address
    }

    /// Reads an address in brackets, as it stands before a port (RFC 3986 §3.2.2).
    mutating func bracketedIPv6Address() throws(AddressParseError) -> IPv6Address {
        let start = position
        position += 1
        let address = try ipv6Address()
        guard take("]") else {
            guard let byte = peek() else {
                throw failure("this '[' has no ']'", at: start)
            }
            throw failure("\(AddressText.name(byte)) is not expected in an IPv6 address")
        }
        return address
    }

    private mutating func ipv6Groups() throws(AddressParseError) -> [8 of UInt16] {
        let start = position
        var groups = [8 of UInt16](repeating: 0)
        var count = 0
        var gap: (group: Int, place: Int)?  // where "::" stands
        if peek() == UInt8(ascii: ":"), peek(1) != UInt8(ascii: ":") {
            throw failure("an IPv6 address does not begin with a single ':'")
        }
        while true {
            if isNext(":"), peek(1) == UInt8(ascii: ":") {
                guard gap == nil else {
                    throw failure("'::' stands in an IPv6 address only once", length: 2)
                }
                gap = (count, position)
                position += 2
                // "::" may end an address.
                guard let byte = peek(), AddressText.hexValue(byte) != nil else { break }
            } else if count > 0, !take(":") {
                break
            }
            guard count < 8 else {
                throw failure("an IPv6 address has eight groups, this one more", at: position - 1)
            }
            let place = position
            let group = try hexGroup()
            if isNext(".") {
                // RFC 4291 §2.2.3: the last 32 bits may be written as an IPv4 address.
                position = place
                guard count <= 6 else {
                    throw failure("no room is left here for an IPv4 address")
                }
                let bits = try ipv4Address().bits
                groups[count] = UInt16(truncatingIfNeeded: bits >> 16)
                groups[count + 1] = UInt16(truncatingIfNeeded: bits)
                count += 2
                break
            }
            groups[count] = group
            count += 1
        }
        guard let gap else {
            guard count == 8 else {
                throw failure(
                    "an IPv6 address has eight groups, this one only \(count) and no '::'",
                    in: start..<position)
            }
            return groups
        }
        guard count < 8 else {
            throw failure("'::' stands for no group here: eight are written", at: gap.place, length: 2)
        }
        return spread(groups, count: count, gap: gap.group)
    }

    /// Moves the groups written after the gap to the end.
    private func spread(_ groups: [8 of UInt16], count: Int, gap: Int) -> [8 of UInt16] {
        [8 of UInt16] { index in
            if index < gap { return groups[index] }
            let fromEnd = 8 - index
            return fromEnd <= count - gap ? groups[count - fromEnd] : 0
        }
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
}

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

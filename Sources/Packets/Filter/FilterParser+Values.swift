import Addresses

extension FilterParser {
    /// Reads a number in decimal, or in hexadecimal behind `0x`.
    mutating func takeNumber(
        _ name: String,
        limit: UInt32
    ) throws(CaptureFilterError) -> UInt32 {
        let value = try number(token, name, limit: limit)
        advance()
        return value
    }

    private func number(
        _ range: Range<Int>,
        _ name: String,
        limit: UInt32
    ) throws(CaptureFilterError) -> UInt32 {
        let digits = cursor.bytes[range]
        guard !digits.isEmpty else { throw failure("\(name) is missing here", in: range) }
        let isHex = digits.count > 2 && digits.starts(with: [UInt8(ascii: "0"), UInt8(ascii: "x")])
        let radix: UInt64 = isHex ? 16 : 10
        var value: UInt64 = 0
        for byte in isHex ? digits.dropFirst(2) : digits {
            guard let digit = AddressText.hexValue(byte), digit < radix else {
                throw failure(
                    "'\(cursor.quote(range))' is not \(name): names are not looked up here",
                    in: range
                )
            }
            // No overflow: value is at most limit, under 2^32, before each step.
            value = value * radix + UInt64(digit)
            guard value <= limit else {
                throw failure("'\(cursor.quote(range))' is over \(limit), for \(name)", in: range)
            }
        }
        return UInt32(value)
    }

    mutating func takePortRange() throws(CaptureFilterError) -> ClosedRange<UInt16> {
        guard let dash = cursor.bytes[token].firstIndex(of: UInt8(ascii: "-")) else {
            throw failure("a range of ports is written as 1000-2000")
        }
        let low = try number(token.lowerBound..<dash, "a port", limit: 65535)
        let high = try number(dash + 1..<token.upperBound, "a port", limit: 65535)
        advance()
        // As tcpdump does: the order does not matter.
        return UInt16(min(low, high))...UInt16(max(low, high))
    }

    /// Reads a protocol over IP by name or number; a backslash before a name is taken off.
    mutating func takeProtocol() throws(CaptureFilterError) -> IPProtocol {
        let name = cursor.bytes[token].drop { $0 == UInt8(ascii: "\\") }
        if let known = IPProtocol.names.first(where: { name.elementsEqual($0.name.utf8) }) {
            advance()
            return known.protocol
        }
        return IPProtocol(rawValue: UInt8(try takeNumber("a protocol over IP", limit: 255)))
    }

    mutating func takeEtherType() throws(CaptureFilterError) -> EtherType {
        let name = cursor.bytes[token].drop { $0 == UInt8(ascii: "\\") }
        let names: [(String, EtherType)] = [
            ("ip", .ipv4), ("ip6", .ipv6), ("arp", .arp), ("rarp", .rarp),
        ]
        if let known = names.first(where: { name.elementsEqual($0.0.utf8) }) {
            advance()
            return known.1
        }
        return EtherType(rawValue: UInt16(try takeNumber("a protocol of Ethernet", limit: 65535)))
    }

    /// Reads an address; with bits after it too, where no word before says that it is a host.
    mutating func host(_ words: FilterQualifiers) throws(CaptureFilterError) -> FilterPrimitive {
        if cursor.bytes[token].contains(UInt8(ascii: "/")) { return try net(words) }
        guard !cursor.bytes[token].allSatisfy(AddressText.isDigit) else {
            throw failure("a number alone says nothing: write 'port \(cursor.quote(token))'")
        }
        switch try address(token) {
        case .v4(let address):
            let type = try linkType(words)
            advance()
            return .address(.v4(address, mask: .max), words.direction, type)
        case .v6(let address):
            try checkIPv6(words)
            advance()
            return .address(.v6(address, length: 128), words.direction, nil)
        }
    }

    func address(_ range: Range<Int>) throws(CaptureFilterError) -> IPAddress {
        let text = String(decoding: cursor.bytes[range], as: UTF8.self)
        // A zone names an interface of this host, which no packet does.
        if let percent = cursor.bytes[range].firstIndex(of: UInt8(ascii: "%")) {
            throw failure("a zone is in no packet", in: percent..<range.upperBound)
        }
        do throws(AddressParseError) {
            return try IPAddress(text)
        } catch {
            guard looksLikeAddress(range) else {
                throw failure(
                    "'\(cursor.quote(range))' is no address: names are not looked up here",
                    in: range
                )
            }
            let start = range.lowerBound + min(error.offset, range.count)
            throw failure(error.reason, in: start..<min(start + error.length, range.upperBound))
        }
    }

    /// Whether `range` is made of what addresses are made of, so that it is no name.
    private func looksLikeAddress(_ range: Range<Int>) -> Bool {
        let bytes = cursor.bytes[range]
        let isIPv6 = bytes.contains(UInt8(ascii: ":"))
        return bytes.allSatisfy { byte in
            byte == UInt8(ascii: ".") || byte == UInt8(ascii: ":") || AddressText.isDigit(byte)
                || isIPv6 && AddressText.hexValue(byte) != nil
        }
    }

    /// The link's protocol that `ip`, `arp` and `rarp` before an IPv4 address name.
    func linkType(_ words: FilterQualifiers) throws(CaptureFilterError) -> EtherType? {
        switch words.scope {
        case nil: nil
        case .ip: .ipv4
        case .arp: .arp
        case .rarp: .rarp
        case .ip6: throw failure("'ip6' does not go with an IPv4 address")
        case .ether, .tcp, .udp, .sctp:
            throw failure("an address goes with 'ip', 'ip6', 'arp' and 'rarp' only")
        }
    }

    func checkIPv6(_ words: FilterQualifiers) throws(CaptureFilterError) {
        guard words.scope == nil || words.scope == .ip6 else {
            throw failure("an IPv6 address goes with 'ip6' only")
        }
    }
}

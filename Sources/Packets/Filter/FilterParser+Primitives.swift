import Addresses

extension FilterParser {
    /// Reads one question: words and a value, a protocol's name, or a value alone.
    mutating func qualifiedPrimitive() throws(CaptureFilterError) -> FilterExpression {
        if let single = try standalone() { return .primitive(single) }
        let start = token
        var found = FilterQualifiers()
        found.scope = FilterQualifiers.Scope(rawValue: word)
        if found.scope != nil { advance() }
        let direction = takeDirection()
        found.direction = direction ?? .either
        let kind = FilterQualifiers.Kind(rawValue: word)
        if let kind {
            found.kind = kind
            advance()
        } else if found.scope != nil, direction == nil, !looksLikeValue {
            if take("multicast") { return .primitive(try multicast(found, start)) }
            return .primitive(try named(found, start))
        }
        let hasWords = found.scope != nil || direction != nil || kind != nil
        if hasWords {
            // "src 10.0.0.1" after "port 80" asks for a host again.
            qualifiers = found
            if isNext("("), direction != nil || kind != nil { return try parenthesized() }
        }
        return .primitive(try value(qualifiers))
    }

    /// Reads what takes no words before it.
    private mutating func standalone() throws(CaptureFilterError) -> FilterPrimitive? {
        if take("less") { return .sizeAtMost(try takeNumber("a size in bytes", limit: .max)) }
        if take("greater") { return .sizeAtLeast(try takeNumber("a size in bytes", limit: .max)) }
        if take("vlan") {
            guard let byte = cursor.bytes[token].first, AddressText.isDigit(byte) else {
                return .vlan(nil)
            }
            return .vlan(UInt16(try takeNumber("a VLAN's number", limit: 4095)))
        }
        switch word {
        case "icmp", "igmp", "vrrp":
            return .carries(try takeProtocol(), .v4)
        case "icmp6":
            return .carries(try takeProtocol(), .v6)
        case "ah", "esp", "pim":
            return .carries(try takeProtocol(), nil)
        case "multicast", "broadcast", "gateway", "inbound", "outbound", "mpls", "len":
            throw failure("\(quoted) is not supported here")
        default: return nil
        }
    }

    private mutating func takeDirection() -> FilterDirection? {
        if take("dst") {
            return takeSecondDirection("src") ?? .destination
        }
        if take("src") {
            return takeSecondDirection("dst") ?? .source
        }
        return nil
    }

    /// Reads `or dst` after `src`, unless what follows `or` is something else.
    private mutating func takeSecondDirection(_ other: StaticString) -> FilterDirection? {
        let before = self
        let isEither = take("or")
        if isEither || take("and"), take(other) { return isEither ? .either : .both }
        self = before
        return nil
    }

    /// Whether the next word is a value: no sign, no word of the language, not the end.
    private var isValue: Bool {
        switch word {
        case "", "(", ")", "!", "and", "or", "not", "&&", "||", "&", "|", "multicast",
            "broadcast":
            false
        default: true
        }
    }

    /// Whether the next word begins like an address, so that it belongs to a scope before it.
    private var looksLikeValue: Bool {
        let bytes = cursor.bytes[token]
        return bytes.first.map(AddressText.isDigit) == true || bytes.contains(UInt8(ascii: ":"))
    }

    /// A scope that stands alone: `tcp`.
    private func named(
        _ found: FilterQualifiers,
        _ start: Range<Int>
    ) throws(CaptureFilterError) -> FilterPrimitive {
        switch found.scope {
        case .ip: .link(.ipv4)
        case .ip6: .link(.ipv6)
        case .arp: .link(.arp)
        case .rarp: .link(.rarp)
        case .tcp: .carries(.tcp, nil)
        case .udp: .carries(.udp, nil)
        case .sctp: .carries(.sctp, nil)
        case .ether, nil: throw failure("'proto' is missing after 'ether'", in: start)
        }
    }

    private func multicast(
        _ found: FilterQualifiers,
        _ start: Range<Int>
    ) throws(CaptureFilterError) -> FilterPrimitive {
        switch found.scope {
        case .ip: .multicast(.v4)
        case .ip6: .multicast(.v6)
        default: throw failure("'multicast' goes with 'ip' and 'ip6' only", in: start)
        }
    }

    /// Reads a value that these words are about.
    private mutating func value(
        _ words: FilterQualifiers
    ) throws(CaptureFilterError) -> FilterPrimitive {
        guard isValue else {
            throw failure(isAtEnd ? "something is missing here" : "\(quoted) is not expected here")
        }
        if cursor.bytes[token].contains(UInt8(ascii: "[")) {
            throw failure("expressions over bytes are not supported")
        }
        switch words.kind {
        case .host: return try host(words)
        case .net: return try net(words)
        case .port:
            let range = token
            let port = UInt16(try takeNumber("a port", limit: 65535))
            return .port(port...port, words.direction, try transport(words, range))
        case .portrange:
            let range = token
            return .port(try takePortRange(), words.direction, try transport(words, range))
        case .proto: return try proto(words)
        }
    }

    private func transport(
        _ words: FilterQualifiers,
        _ range: Range<Int>
    ) throws(CaptureFilterError) -> IPProtocol? {
        switch words.scope {
        case nil: nil
        case .tcp: .tcp
        case .udp: .udp
        case .sctp: .sctp
        case .ether, .ip, .ip6, .arp, .rarp:
            throw failure("ports go with 'tcp', 'udp' and 'sctp' only", in: range)
        }
    }

    private mutating func proto(
        _ words: FilterQualifiers
    ) throws(CaptureFilterError) -> FilterPrimitive {
        guard words.direction == .either else { throw failure("a protocol has no direction") }
        switch words.scope {
        case nil: return .carries(try takeProtocol(), nil)
        case .ip: return .carries(try takeProtocol(), .v4)
        case .ip6: return .carries(try takeProtocol(), .v6)
        case .ether: return .link(try takeEtherType())
        case .arp, .rarp, .tcp, .udp, .sctp:
            throw failure("'proto' goes with 'ip', 'ip6' and 'ether' only")
        }
    }
}

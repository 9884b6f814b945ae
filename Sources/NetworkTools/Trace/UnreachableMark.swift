internal import Packets
public import Sockets

/// Why a packet did not arrive, as an ICMP error says it: the mark that traceroute(8) prints, and
/// the words that ping(8) prints.
public struct UnreachableMark: Sendable, Hashable {
    /// `!H`, `!N`, `!X`, … or the number of a code without a letter: `!<14>`.
    public let text: String

    /// A few words: `host unreachable`.
    public let words: String

    private init(_ text: String, _ words: String) {
        self.text = text
        self.words = words
    }

    /// The mark of a message by its type and code.
    ///
    /// The codes are those of RFC 792, RFC 1122 §3.2.2.1, RFC 1812 §5.2.7.1 and RFC 4443 §3.1.
    public init(_ icmp: DatagramError.ICMPReport) {
        self =
            icmp.isIPv6
            ? Self.v6(type: icmp.type, code: icmp.code)
            : Self.v4(type: icmp.type, code: icmp.code)
    }

    private static func v4(type: UInt8, code: UInt8) -> Self {
        switch (type, code) {
        case (3, 0), (3, 6), (3, 11): Self("!N", "network unreachable")
        case (3, 1), (3, 7), (3, 12): Self("!H", "host unreachable")
        case (3, 2): Self("!P", "protocol unreachable")
        case (3, 3): Self("!p", "port unreachable")
        case (3, 4): Self("!F", "fragmentation needed")
        case (3, 5): Self("!S", "source route failed")
        case (3, 9), (3, 10), (3, 13): Self("!X", "administratively prohibited")
        case (3, 14): Self("!V", "precedence violation")
        case (3, 15): Self("!C", "precedence cutoff")
        case (3, _): Self("!<\(code)>", "unreachable, code \(code)")
        case (11, 0): Self("", "time to live exceeded")
        case (11, _): Self("", "fragment reassembly time exceeded")
        case (12, _): Self("!<12-\(code)>", "parameter problem")
        default: Self("!<\(type)-\(code)>", "ICMP type \(type) code \(code)")
        }
    }

    private static func v6(type: UInt8, code: UInt8) -> Self {
        switch (type, code) {
        case (1, 0): Self("!N", "no route")
        case (1, 1), (1, 5), (1, 6): Self("!X", "administratively prohibited")
        case (1, 2): Self("!S", "beyond the scope of the source address")
        case (1, 3): Self("!H", "address unreachable")
        case (1, 4): Self("!p", "port unreachable")
        case (1, _): Self("!<\(code)>", "unreachable, code \(code)")
        case (2, _): Self("!F", "packet too big")
        case (3, 0): Self("", "hop limit exceeded")
        case (3, _): Self("", "fragment reassembly time exceeded")
        case (4, _): Self("!<4-\(code)>", "parameter problem")
        default: Self("!<\(type)-\(code)>", "ICMPv6 type \(type) code \(code)")
        }
    }
}

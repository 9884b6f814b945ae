/// Which packets to capture, in the language of tcpdump (pcap-filter(7)).
///
/// ```swift
/// let filter = try CaptureFilter("host 10.0.0.1 and tcp port 80")
/// let program = try filter.program(for: .datagram)
/// ```
/// What is known: `[ip|ip6|arp|rarp] [src|dst] host ADDRESS`, `net PREFIX[/BITS]`,
/// `net ADDRESS mask MASK`, `[tcp|udp|sctp] [src|dst] port N`, `portrange N-M`, the protocols by
/// name, `[ip|ip6] proto N`, `ether proto N`, `ip multicast`, `ip6 multicast`, `vlan [N]`,
/// `less N`, `greater N`, `and`, `or`, `not`, `&&`, `||`, `!` and parentheses. As there, `and` and
/// `or` bind equally and from the left, `not` binds tighter, and a value without words before it
/// takes those of the value before: `port 80 or 443`. An empty filter takes every packet.
///
/// Different from there: names of hosts and ports are not looked up, there are no expressions over
/// bytes such as `tcp[13] & 2 != 0`, an address alone is a host, `net 10/8` is a network, and after
/// `vlan` the rest of the filter looks where it did before.
public struct CaptureFilter: Sendable, CustomStringConvertible {
    /// The filter as it was written.
    public let description: String

    /// What it asks; nil takes every packet.
    let expression: FilterExpression?

    /// Reads a filter of at most 8192 bytes, with parentheses at most
    /// ``nestingLimit`` deep.
    ///
    /// - Throws: ``CaptureFilterError``, which says where.
    public init(_ text: some StringProtocol) throws(CaptureFilterError) {
        var parser = try FilterParser(text)
        expression = try parser.filter()
        description = String(text)
    }

    /// The most parentheses around a part of a filter; arbitrary, to bound the stack.
    public static let nestingLimit = 64

    /// The program that selects the packets, for a socket that shows them in `layout`.
    ///
    /// - Parameters:
    ///   - layout: Where the socket puts what.
    ///   - size: How many bytes of a selected packet to keep.
    ///   - instructionLimit: The most instructions; the kernel takes 4096.
    /// - Returns: the program, for `SO_ATTACH_FILTER`.
    /// - Throws: ``CaptureFilterError`` if it has more.
    public func program(
        for layout: CaptureLayout,
        keeping size: UInt32 = .max,
        instructionLimit: Int = BPFProgram.instructionLimit
    ) throws(CaptureFilterError) -> BPFProgram {
        let condition = expression.map { layout.condition($0) } ?? .all([])
        if let program = BPFAssembler.program(condition, keeping: size, limit: instructionLimit) {
            return program
        }
        throw CaptureFilterError(
            description,
            "it takes over \(instructionLimit) instructions",
            at: 0,
            length: 0
        )
    }
}

/// Where a packet socket shows what of a packet to its filter.
public enum CaptureLayout: Hashable, Sendable {
    /// A packet socket of type `SOCK_DGRAM`: the bytes begin with the network's header, and the
    /// kernel says what that is.
    ///
    /// The choice for captures: it is the same for every kind of interface and for all of them at
    /// once, and the program is shorter.
    case datagram

    /// A packet socket of type `SOCK_RAW` on Ethernet, or a file of such frames.
    case ethernet

    /// IP packets of either version without a link, as in files of tunnels.
    case rawIP
}

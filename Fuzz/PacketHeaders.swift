import Addresses
import Packets

// Every header parser, and what puts them together. Steered by: which (1 byte).

/// What reads is written and reads as the same bytes; what is found lies inside of the packet.
func fuzz(_ input: inout FuzzInput) {
    let kind = input.byte()
    let bytes = input.bytes()
    checkLayers(bytes)
    checkChecksum(bytes, cutAt: Int(kind))
    let v4 = PseudoHeader.v4(source: .loopback, destination: .broadcast)
    let v6 = PseudoHeader.v6(source: .loopback, destination: .any)
    switch kind % 11 {
    case 0: rewrite(bytes, EthernetHeader.init(parsing:)) { try $0.write(into: &$1) }
    case 1: rewrite(bytes, LinuxCookedHeader.init(parsing:)) { try $0.write(into: &$1) }
    case 2: rewrite(bytes, ARPMessage.init(parsing:)) { try $0.write(into: &$1) }
    case 3: rewrite(bytes, IPv4Header.init(parsing:)) { try $0.write(into: &$1) }
    case 4: rewrite(bytes, IPv6Header.init(parsing:)) { try $0.write(into: &$1) }
    case 5:
        rewrite(bytes, TCPHeader.init(parsing:)) { try $0.write(into: &$1, pseudoHeader: v4) }
        checkTCPOptions(bytes)
    case 6: rewrite(bytes, UDPHeader.init(parsing:)) { try $0.write(into: &$1, pseudoHeader: v6) }
    case 7: rewrite(bytes, ICMPv4Message.init(parsing:)) { try $0.write(into: &$1) }
    case 8:
        rewrite(bytes, ICMPv6Message.init(parsing:)) { try $0.write(into: &$1, pseudoHeader: v6) }
    case 9:
        if let quoted = try? unsafe QuotedPacket(parsing: bytes.span.bytes) {
            check(isPlain("\(quoted)"), "it prints what steers the terminal")
        }
    default:
        let chain = try? unsafe IPv6Extensions(
            parsing: bytes.span.bytes,
            startingWith: IPProtocol(rawValue: kind)
        )
        if let chain {
            check(chain.size <= bytes.count, "extensions beyond the packet")
            check(chain.count <= IPv6Extensions.countLimit, "more extensions than the limit")
        }
    }
}

/// Reads, writes over a copy of the packet, reads that and writes again: nothing changes any more.
private func rewrite<Header>(
    _ bytes: [UInt8],
    _ read: (RawSpan) throws -> Header,
    _ write: (Header, inout MutableRawSpan) throws -> Int
) {
    func written(_ source: [UInt8]) -> [UInt8]? {
        guard let header = try? unsafe read(source.span.bytes) else { return nil }
        // What does not fit (a UDP length beyond the packet) is refused, and that is the test.
        var copy = source
        var memory = copy.mutableSpan
        var span = unsafe memory.mutableBytes
        guard let size = try? write(header, &span) else { return nil }
        check(0...source.count ~= size, "a header of \(size) bytes in \(source.count)")
        return copy
    }
    guard let first = written(bytes) else { return }
    check(written(first), equals: first, "written again, it reads otherwise")
}

private func checkTCPOptions(_ bytes: [UInt8]) {
    guard let header = try? unsafe TCPHeader(parsing: bytes.span.bytes),
        let options = try? TCPOptions(parsing: header.options),
        let encoded = try? options.encoded()
    else { return }
    check(try? TCPOptions(parsing: encoded), equals: options, "options read otherwise")
}

private func checkLayers(_ bytes: [UInt8]) {
    for link in [LinkLayer.ethernet, .rawIP, .cooked] {
        let input = unsafe bytes.span.bytes
        let layers = PacketLayers(parsing: input, link: link)
        check(
            layers.payload.lowerBound >= 0 && layers.payload.upperBound <= bytes.count,
            "a payload outside of the packet"
        )
        let line = "\(PacketSummary(layers, of: input))"
        check(isPlain(line), "it prints what steers the terminal: \(line.debugDescription)")
        // Options of TCP are at most 40 bytes, and every other field has a size.
        check(line.utf8.count < 1024, "a line of \(line.utf8.count) bytes")
        var tally = ProtocolTally()
        tally.add(layers, size: bytes.count)
    }
}

/// The sum is the same for a packet in two pieces, of which the first is even (RFC 1071 §2).
private func checkChecksum(_ bytes: [UInt8], cutAt place: Int) {
    let input = unsafe bytes.span.bytes
    let cut = min(place & ~1, bytes.count)
    var sum = InternetChecksum()
    sum.add(input.extracting(..<cut))
    sum.add(input.extracting(cut...))
    check(sum.value, equals: InternetChecksum.of(input), "in two pieces, another sum")
}

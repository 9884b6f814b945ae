import SocketsTesting

/// Whole Ethernet frames, with few enough addresses and ports that filters meet them.
struct RandomPackets {
    var random: SeededRandom

    static let hosts4: [[UInt8]] = [
        [10, 0, 0, 1], [10, 0, 1, 2], [192, 168, 7, 9], [224, 0, 0, 5],
    ]
    static let hosts6: [[UInt8]] = [
        bytes("fd77 0000 0000 0000 0000 0000 0000 0001"),
        bytes("fd77 0000 0000 0001 0000 0000 0000 0002"),
        bytes("2001 0db8 0000 0000 0000 0000 0000 0001"),
        bytes("ff02 0000 0000 0000 0000 0000 0000 0001"),
    ]
    static let ports: [UInt16] = [22, 53, 80, 443, 1000]
    static let protocols: [UInt8] = [1, 2, 6, 17, 44, 50, 51, 58, 103, 112, 132]

    mutating func next() -> [UInt8] {
        let (type, body): (UInt16, [UInt8]) =
            switch Int.random(in: 0..<10, using: &random) {
            case 0: (0x0806, address())
            case 1: (0x8035, address())
            case 2: (0x88CC, noise(40))
            case 3...6: (0x0800, ipv4())
            default: (0x86DD, ipv6())
            }
        // Room for a transport's header, so that no filter meets a cut packet: what is left of a
        // program after a load outside differs from compiler to compiler.
        let pad = noise(Int.random(in: 64...128, using: &random))
        return noise(12) + [UInt8(type >> 8), UInt8(type & 0xFF)] + body + pad
    }

    private mutating func noise(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    private mutating func host4() -> [UInt8] { Self.hosts4.randomElement(using: &random) ?? [] }
    private mutating func host6() -> [UInt8] { Self.hosts6.randomElement(using: &random) ?? [] }

    private mutating func payloadProtocol() -> UInt8 {
        random.oneIn(2)
            ? (random.oneIn(2) ? 6 : 17) : Self.protocols.randomElement(using: &random) ?? 0
    }

    /// ARP and RARP have the same fields.
    private mutating func address() -> [UInt8] {
        bytes("0001 0800 0604 0001") + noise(6) + host4() + noise(6) + host4()
    }

    private mutating func ipv4() -> [UInt8] {
        let words = random.oneIn(3) ? UInt8.random(in: 6...15, using: &random) : 5
        let fragment: [UInt8] =
            random.oneIn(4) ? [UInt8.random(in: 0...0x3F, using: &random), 7] : [0x40, 0]
        let header =
            [0x40 | words, 0, 1, 0, 0, 0] + fragment + [64, payloadProtocol(), 0, 0]
            + host4() + host4()
        return header + noise(Int(words) * 4 - 20) + transport()
    }

    private mutating func ipv6() -> [UInt8] {
        let next = payloadProtocol()
        let header = [0x60, 0, 0, 0, 1, 0, next, 64] + host6() + host6()
        guard next == 44 else { return header + transport() }
        return header + [payloadProtocol(), 0, 0, 1, 0, 0, 0, 9] + transport()
    }

    private mutating func transport() -> [UInt8] {
        var header: [UInt8] = []
        for _ in 0..<2 {
            let port = Self.ports.randomElement(using: &random) ?? 0
            header += [UInt8(port >> 8), UInt8(port & 0xFF)]
        }
        return header
    }
}

import SocketsTesting
import Testing
import WebSocketCodec

/// However the bytes are cut, the events, the answers, the errors and the state are the same.
@Suite struct SplitPointTests {
    struct Exchange: CustomStringConvertible {
        let description: String
        var setup = Setup()
        let wire: [UInt8]
    }

    static let small: WebSocketLimits = {
        var limits = WebSocketLimits()
        limits.frameSizeLimit = 200
        limits.messageSizeLimit = 250
        limits.fragmentCountLimit = 4
        return limits
    }()

    static let deflate = Setup(
        limits: small,
        compression: PermessageDeflate(answering: [PermessageDeflate.offer])
    )

    /// Good exchanges, and every way of breaking a rule behind a good message.
    static let exchanges: [Exchange] = {
        let talk =
            frame(0x81, "Hello") + frame(0x01, "κό") + frame(0x89, "are you there?")
            + frame(0x00, "σ") + frame(0x8A) + frame(0x80, "με") + frame(0x82, [0, 1, 2])
            + frame(0x02, [UInt8](repeating: 9, count: 130)) + frame(0x80) + close(4000, "bye ☂")
        var list = [
            Exchange(description: "talk", wire: talk),
            Exchange(description: "talk after close", setup: Setup(closesFirst: true), wire: talk),
            Exchange(
                description: "server's talk",
                setup: Setup(isServer: false),
                wire: bytes("8105 48656c6c6f 8903 707172 0102 c3a9 8001 21 8802 03e8")
            ),
            Exchange(
                description: "frame too big",
                setup: Setup(limits: small),
                wire: frame(0x82, [UInt8](repeating: 7, count: 201))
            ),
            Exchange(
                description: "message too big",
                setup: Setup(limits: small),
                wire: frame(0x02, [UInt8](repeating: 7, count: 200))
                    + frame(0x80, [UInt8](repeating: 7, count: 51))
            ),
            Exchange(
                description: "too many fragments",
                setup: Setup(limits: small),
                wire: frame(0x02) + frame(0x00) + frame(0x00) + frame(0x00) + frame(0x80)
            ),
            Exchange(
                description: "compressed",
                setup: deflate,
                wire: frame(0xC1, bytes("f248cdc9c90700")) + frame(0x41, bytes("f248cd"))
                    + frame(0x89, "p") + frame(0x80, bytes("c9c90700")) + frame(0x81, "plain")
                    + frame(0xC1, bytes("f348cdc9c9070000")) + frame(0xC2) + close(1000)
            ),
            // What is wrong with it: UTF-8 in the first block, DEFLATE in the second.
            Exchange(
                description: "two wrongs",
                setup: deflate,
                wire: frame(0xC1, bytes("000300fcff 41ff42 07ffff")) + frame(0x81, "behind")
            ),
            Exchange(
                description: "bomb with bad data behind",
                setup: deflate,
                wire: frame(0xC2, bytes("ecc0010d000000c2a0f74f6d0e37a000000000000007ffffffffff"))
            ),
            Exchange(
                description: "cut inside a block",
                setup: deflate,
                wire: frame(0xC2, bytes("000a00f5ff 414243"))
            ),
        ]
        for (name, wire, _) in FramingRuleTests.broken {
            list.append(Exchange(description: name, wire: frame(0x81, "good") + wire))
        }
        for hex in TextTests.invalid {
            let wire = frame(0x01, "ok") + frame(0x80, bytes(hex)) + frame(0x81, "behind")
            list.append(Exchange(description: "text \(hex)", wire: wire))
        }
        return list
    }()

    @Test(arguments: exchanges)
    func everyCutGivesTheSame(exchange: Exchange) {
        let wire = exchange.wire
        let whole = exchange.setup.receive([wire])
        #expect(!whole.seen.isEmpty)
        for cut in 0...wire.count {
            let parts = exchange.setup.receive([Array(wire[..<cut]), Array(wire[cut...])])
            #expect(parts == whole, "cut at \(cut)")
        }
        #expect(exchange.setup.receive(wire.map { [$0] }) == whole, "byte by byte")
    }

    @Test(arguments: exchanges)
    func manyCutsGiveTheSame(exchange: Exchange) {
        var random = SeededRandom(seed: SeededRandom.testSeed)
        let whole = exchange.setup.receive([exchange.wire])
        for _ in 0..<20 {
            var inputs: [[UInt8]] = []
            var rest = exchange.wire[...]
            while !rest.isEmpty {
                let size = Int.random(in: 1...min(rest.count, 20), using: &random)
                inputs.append(Array(rest.prefix(size)))
                rest = rest.dropFirst(size)
            }
            #expect(exchange.setup.receive(inputs) == whole)
        }
    }
}

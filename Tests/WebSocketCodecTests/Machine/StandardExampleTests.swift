import Testing
import WebSocketCodec

/// The frames of RFC 6455 §5.7, both ways.
@Suite struct StandardExampleTests {
    @Test func aServersUnmaskedText() throws {
        let seen = Setup(isServer: false).receive([bytes("81 05 48 65 6c 6c 6f")]).seen
        #expect(seen == [.text("Hello")])
        var machine = WebSocketMachine(.server)
        var output: [UInt8] = []
        try machine.send(text: "Hello".utf8Span, to: &output)
        #expect(output == bytes("81 05 48 65 6c 6c 6f"))
    }

    @Test func aClientsMaskedText() throws {
        let wire = bytes("81 85 37 fa 21 3d 7f 9f 4d 51 58")
        #expect(received(wire).seen == [.text("Hello")])
        struct Key: RandomNumberGenerator { mutating func next() -> UInt64 { 0x37FA_213D } }
        var machine = WebSocketMachine(.client(maskingKeys: Key()))
        var output: [UInt8] = []
        try machine.send(text: "Hello".utf8Span, to: &output)
        #expect(output == wire)
    }

    @Test func textInTwoFragments() throws {
        let wire = bytes("01 03 48 65 6c 80 02 6c 6f")
        #expect(Setup(isServer: false).receive([wire]).seen == [.text("Hello")])
        var machine = WebSocketMachine(.server)
        var output: [UInt8] = []
        try machine.sendFragment(text: "Hel".utf8Span, isLast: false, to: &output)
        try machine.sendFragment(text: "lo".utf8Span, isLast: true, to: &output)
        #expect(output == wire)
    }

    @Test func aPingAndItsPong() throws {
        let ping = bytes("89 05 48 65 6c 6c 6f")
        let client = Setup(isServer: false).receive([ping])
        #expect(client.seen == [.ping(Array("Hello".utf8))])
        // The client's first key here is 00000001.
        #expect(client.output == bytes("8a 85 00 00 00 01 48 65 6c 6d 6f"))
        #expect(received(client.output).seen == [.pong(Array("Hello".utf8))])
        var machine = WebSocketMachine(.server)
        var output: [UInt8] = []
        try machine.ping(unsafe "Hello".utf8Span.span.bytes, to: &output)
        #expect(output == ping)
    }

    @Test(arguments: [(256, "82 7e 01 00"), (65_536, "82 7f 00 00 00 00 00 01 00 00")])
    func largeMessages(size: Int, header: String) throws {
        let data = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        #expect(
            Setup(isServer: false).receive([bytes(header) + data]).seen == [.binary(data)]
        )
        var machine = WebSocketMachine(.server)
        var output: [UInt8] = []
        try data.read { span throws(WebSocketNotOpen) in
            try machine.send(binary: span, to: &output)
        }
        #expect(output == bytes(header) + data)
    }
}

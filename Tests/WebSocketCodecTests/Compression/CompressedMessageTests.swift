import SocketsTesting
import Testing
import WebSocketCodec

@Suite struct CompressedMessageTests {
    private var agreed: PermessageDeflate? {
        PermessageDeflate(answering: [PermessageDeflate.offer])
    }

    private func received(
        _ wire: [UInt8],
        limits: WebSocketLimits = WebSocketLimits()
    ) -> Conversation {
        Setup(limits: limits, compression: agreed).receive([wire])
    }

    /// RFC 7692 §7.2.3: each of them says "Hello".
    @Test(arguments: [
        "f248cdc9c90700", "000500faff48656c6c6f00", "f348cdc9c9070000",
        "f248050000 00ffff cac9c90700",
    ])
    func readsTheStandardsExamples(hex: String) {
        #expect(received(frame(0xC1, bytes(hex))).seen == [.text("Hello")])
    }

    @Test func readsTheStandardsFragments() {
        let wire = frame(0x41, bytes("f248cd")) + frame(0x89) + frame(0x80, bytes("c9c90700"))
        #expect(received(wire).seen == [.ping([]), .text("Hello")])
    }

    @Test func readsEmptyMessages() {
        #expect(received(frame(0xC1, [0])).seen == [.text("")])
        #expect(received(frame(0xC2)).seen == [.binary([])])
        #expect(received(frame(0x42) + frame(0x80)).seen == [.binary([])])
    }

    @Test func aBlockAfterALastOneMayReferToBeforeIt() {
        // A final stored block "Hello", then a fixed block that copies five bytes from five back.
        let final = bytes("010500faff 48656c6c6f")
        // BFINAL 0, BTYPE 01 with its low bit first; length 5; distance 5 to 6 and its extra bit;
        // the end. Then the header of the empty stored block whose rest every sender leaves out.
        let copy = bits("0 10" + "0000011" + "00100 0" + "0000000" + "0 00")
        #expect(received(frame(0xC1, final + copy)).seen == [.text("HelloHello")])
    }

    /// Bytes of bits in the order in which they are read: a byte's lowest first.
    private func bits(_ text: String) -> [UInt8] {
        let stream = text.filter { $0 != " " }.map { UInt8($0 == "1" ? 1 : 0) }
        return stride(from: 0, to: stream.count, by: 8).map { start in
            stream[start..<min(start + 8, stream.count)].enumerated()
                .reduce(0) { $0 | $1.element << UInt8($1.offset) }
        }
    }

    @Test(arguments: [
        "07", "07ffff", "0005000000", "ff", "f248cdc9c9", "000a00f5ff414243", "0205", "030200",
    ])
    func badDataIsRefused(hex: String) {
        let result = received(frame(0xC2, bytes(hex)))
        #expect(result.cause == .invalidCompressedData)
        #expect(Array(result.output[2...3]) == bytes("03ef"))
    }

    @Test func nothingIsKeptFromMessageToMessage() {
        // The second refers to the first, which only context takeover would allow.
        let first = frame(0xC1, bytes("000500faff48656c6c6f00"))
        let second = frame(0xC1, bytes("0211000000"))
        let result = received(first + second)
        #expect(result.seen.first == .text("Hello"))
        #expect(result.cause == .invalidCompressedData)
    }

    @Test func textIsCheckedAfterInflating() {
        #expect(received(frame(0xC1, bytes("000200fdffc3a900"))).seen == [.text("é")])
        #expect(received(frame(0xC1, bytes("000200fdffc34100"))).cause == .textNotUTF8)
        #expect(received(frame(0xC1, bytes("000100feffc300"))).cause == .textNotUTF8)
        #expect(received(frame(0xC2, bytes("000100feffc300"))).seen == [.binary([0xC3])])
    }

    @Test func compressedBitsStandOnlyOnTheFirstFrame() {
        let wire = frame(0x41, bytes("f248cd")) + frame(0xC0, bytes("c9c90700"))
        #expect(received(wire).cause == .unexpectedCompression)
        #expect(received(frame(0xC9)).cause == .unexpectedCompression)
        #expect(received(frame(0xC0)).cause == .unexpectedCompression)
    }

    @Test func aBombIsCutAtTheLimit() throws {
        var sender = Setup(isServer: false, compression: agreed).machine()
        var wire: [UInt8] = []
        try [UInt8](repeating: 0, count: 50_000_000).read { span throws(WebSocketNotOpen) in
            try sender.send(binary: span, to: &wire)
        }
        #expect(wire.count < 100_000)
        var limits = WebSocketLimits()
        limits.messageSizeLimit = 1_000_000
        let result = received(wire, limits: limits)
        #expect(result.cause == .messageTooBig(limit: 1_000_000))
        #expect(Array(result.output[2...3]) == bytes("03f1"))
        limits.messageSizeLimit = 50_000_000
        #expect(received(wire, limits: limits).seen.count == 1)
        limits.messageSizeLimit = 49_999_999
        #expect(received(wire, limits: limits).cause == .messageTooBig(limit: 49_999_999))
    }

    @Test func emptyBlocksWithoutEndAreCutToo() {
        var limits = WebSocketLimits()
        limits.messageSizeLimit = 1000
        let block = bytes("000000ffff")
        let frames = frame(0x42, block) + (0..<300).flatMap { _ in frame(0x00, block) }
        #expect(received(frames, limits: limits).cause == .messageTooBig(limit: 1000))
    }

    private func noise(_ count: Int) -> [UInt8] {
        var random = SeededRandom(seed: 7)
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    @Test func whatDoesNotShrinkIsSentAsItIs() throws {
        var machine = Setup(compression: agreed).machine()
        var output: [UInt8] = []
        try machine.send(text: String(repeating: "a", count: 255).utf8Span, to: &output)
        #expect(output[0] == 0x81)
        output = []
        try machine.send(text: String(repeating: "a", count: 256).utf8Span, to: &output)
        #expect(output[0] == 0xC1)
        #expect(output.count < 20)
        output = []
        let noise = noise(1000)
        try noise.read { span throws(WebSocketNotOpen) in
            try machine.send(binary: span, to: &output)
        }
        #expect(output.count == 1004)
        #expect(
            Setup(isServer: false, compression: agreed).receive([output]).seen == [.binary(noise)]
        )
    }

    @Test(arguments: 9...15)
    func theAgreedWindowIsKept(bits: Int) throws {
        let field = "permessage-deflate; server_no_context_takeover; server_max_window_bits=\(bits)"
        let offers = try WebSocketExtension.list(parsing: field)
        let server = PermessageDeflate(answering: offers)
        // One repeat at the greatest distance that zlib uses in the window, which saves bytes, and
        // one beyond the window, which an inflater with no more window could not follow.
        let block = noise((1 << bits) - 262)
        let data = block + block + noise(1 << bits) + block
        var machine = Setup(compression: server).machine()
        var output: [UInt8] = []
        try data.read { span throws(WebSocketNotOpen) in
            try machine.send(binary: span, to: &output)
        }
        #expect(output[0] == 0xC2)
        let answer = try #require(server).response
        let client = try PermessageDeflate(accepting: [answer])
        #expect(client?.serverWindowBits == bits)
        let result = Setup(isServer: false, compression: client).receive([output])
        #expect(result.seen == [.binary(data)])
    }

    @Test(arguments: 9...15)
    func theWindowThatTheServerAllowsTheClientIsKept(bits: Int) throws {
        let block = noise((1 << bits) - 262)
        let data = block + block + noise(1 << bits) + block
        let output = try sent(data, within: bits)
        #expect(output[0] == 0xC2)
        // A server that has no more window than it allowed.
        let server = Setup(compression: try client(within: bits))
        #expect(server.receive([output]).seen == [.binary(data)])
    }

    @Test func aClientThatIsAllowedLessThanZlibCanDoDoesNotCompress() throws {
        let data = [UInt8](repeating: 0, count: 1000)
        let output = try sent(data, within: 8)
        #expect(output[0] == 0x82)
        #expect(Setup(compression: try client(within: 8)).receive([output]).seen == [.binary(data)])
    }

    private func client(within bits: Int) throws -> PermessageDeflate? {
        let field = "permessage-deflate; server_no_context_takeover; client_max_window_bits=\(bits)"
        return try PermessageDeflate(accepting: WebSocketExtension.list(parsing: field))
    }

    private func sent(_ data: [UInt8], within bits: Int) throws -> [UInt8] {
        var machine = Setup(isServer: false, compression: try client(within: bits)).machine()
        var output: [UInt8] = []
        try data.read { span throws(WebSocketNotOpen) in
            try machine.send(binary: span, to: &output)
        }
        return output
    }
}

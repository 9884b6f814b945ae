import Testing
import WebSocketCodec

/// Autobahn's group 7 by kind, and the states.
@Suite struct ClosingTests {
    @Test(arguments: [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 3000, 3999, 4999])
    func aCloseIsAnsweredWithItsCode(code: UInt16) {
        let result = received(close(code, "why"))
        let expected = WebSocketClose(WebSocketCloseCode(rawValue: code), reason: "why")
        #expect(result.seen == [.close(expected)])
        #expect(result.output == [0x88, 2, UInt8(code >> 8), UInt8(code & 0xFF)])
        #expect(result.state == .closed)
    }

    @Test(arguments: [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535])
    func aCodeThatNoFrameMayHoldIsRefused(code: UInt16) {
        let result = received(close(code, "why"))
        #expect(result.cause == .invalidCloseCode(code))
        #expect(Array(result.output[2...3]) == bytes("03ea"))
    }

    @Test func anEmptyCloseIsAnsweredWithAnEmptyOne() {
        let result = received(frame(0x88))
        #expect(result.seen == [.close(WebSocketClose(.noStatus))])
        #expect(result.output == bytes("8800"))
    }

    @Test func theLongestReasonArrives() {
        let reason = String(repeating: "é", count: 61) + "x"
        #expect(
            received(close(1000, reason)).seen == [.close(WebSocketClose(.normal, reason: reason))]
        )
    }

    @Test func nothingIsReadAfterTheClose() {
        let wire = close(1000) + frame(0x89, "ping") + frame(0x81, "text") + [0xFF, 0xFF]
        let result = Setup().receive([wire, wire])
        #expect(result.seen == [.close(WebSocketClose(.normal))])
        #expect(result.output == bytes("8802 03e8"))
    }

    @Test func whoClosedFirstStillReceivesAndAnswersPings() {
        let result = Setup(closesFirst: true)
            .receive([frame(0x81, "late") + frame(0x89, "p") + close(1001)])
        #expect(
            result.seen == [
                .text("late"), .ping(Array("p".utf8)), .close(WebSocketClose(.goingAway)),
            ]
        )
        #expect(result.output == bytes("8802 03e9 8a 01 70"))
        #expect(result.state == .closed)
    }

    @Test func whoClosedFirstSendsNoSecondCloseForAViolation() {
        let result = Setup(closesFirst: true).receive([frame(0x83)])
        #expect(result.cause == .unknownOpcode(3))
        #expect(result.output == bytes("8802 03e9"))
        #expect(result.state == .closed)
    }

    @Test func nothingIsSentAfterTheClose() {
        var machine = WebSocketMachine(.server)
        var output: [UInt8] = []
        machine.close(.normal, reason: "done", to: &output)
        #expect(output == bytes("8806 03e8") + Array("done".utf8))
        #expect(machine.state == .closing)
        output = []
        machine.close(.goingAway, to: &output)
        expectRefused(&machine, .closing, &output)
        #expect(machine.inputEnded() == WebSocketClose(.abnormal))
        #expect(machine.inputEnded() == nil)
        machine.close(to: &output)
        expectRefused(&machine, .closed, &output)
        #expect(output.isEmpty)
    }

    private func expectRefused(
        _ machine: inout WebSocketMachine,
        _ state: WebSocketState,
        _ output: inout [UInt8]
    ) {
        let refusal = WebSocketNotOpen(state: state)
        #expect(throws: refusal) { try machine.send(text: "x".utf8Span, to: &output) }
        #expect(throws: refusal) { try machine.send(binary: RawSpan(), to: &output) }
        #expect(throws: refusal) {
            try machine.sendFragment(text: "x".utf8Span, isLast: true, to: &output)
        }
        #expect(throws: refusal) {
            try machine.sendFragment(binary: RawSpan(), isLast: true, to: &output)
        }
        #expect(throws: refusal) { try machine.ping(to: &output) }
    }

    @Test func anEndWithoutACloseIsAbnormal() {
        var machine = WebSocketMachine(.server)
        #expect(machine.inputEnded() == WebSocketClose(.abnormal))
        #expect(machine.state == .closed)
    }

    @Test func aLongReasonIsCutBetweenCharacters() {
        var machine = WebSocketMachine(.server)
        var output: [UInt8] = []
        machine.close(.internalError, reason: String(repeating: "👩‍👩‍👧", count: 20), to: &output)
        let seen = Setup(isServer: false).receive([output]).seen
        let expected = String(repeating: "👩‍👩‍👧", count: 6)  // of 18 bytes each
        #expect(seen == [.close(WebSocketClose(.internalError, reason: expected))])
    }

    @Test func twoEndsMayCloseAtOnce() {
        var server = Setup().machine()
        var client = Setup(isServer: false).machine()
        var (atServer, atClient) = (Conversation(), Conversation())
        server.close(.goingAway, to: &atServer.output)
        client.close(.normal, to: &atClient.output)
        let (fromServer, fromClient) = (atServer.output, atClient.output)
        atServer.receive(fromClient, by: &server)
        atClient.receive(fromServer, by: &client)
        #expect(atServer.seen == [.close(WebSocketClose(.normal))])
        #expect(atClient.seen == [.close(WebSocketClose(.goingAway))])
        #expect(atServer.output == fromServer && atClient.output == fromClient)
    }
}

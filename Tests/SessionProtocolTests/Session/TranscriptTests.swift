import Testing

@testable import SessionProtocol

/// The whole session of docs/session-protocol.md §13, byte for byte.
@Suite struct TranscriptTests {
    private let clientNow = SessionInstant(microseconds: 1_000)
    private let serverNow = SessionInstant(microseconds: 123_456)

    @Test func theSessionOfTheDocument() throws {
        var client = SessionMachine(client: ExampleFrames.ticket)
        let epoch = client.connected(credentials: [0x68, 0x69], now: clientNow)
        let hello = output(&client, clientNow)
        #expect(hello == hex("d3534201") + hex(ExampleFrames.all[0].bytes))

        var reader = AttachReader()
        let request = try #require(try reader.receive(hello.rawSpan))
        #expect(request.credentials == [0x68, 0x69])
        var server = try SessionMachine(accepting: request, now: serverNow)
        let welcome = output(&server, serverNow)
        #expect(welcome == hex("d3534201") + hex(ExampleFrames.all[1].bytes))

        let later = SessionInstant(microseconds: 2_000)
        client.receive(welcome.rawSpan, epoch: epoch, now: later)
        let stream = try client.open(.log, name: [0x6C, 0x6F, 0x67])
        _ = try client.send([0x68, 0x69], on: stream)
        let message = output(&client, later)
        #expect(message == hex("07 06 8001e240 47d0  08 20 00 00 00 03 6c6f67  04 40 00 6869"))

        server.receive(message.rawSpan, epoch: epoch, now: serverNow)
        _ = server.take(from: stream, now: serverNow)
        let answer = output(&server, serverNow)
        #expect(answer == hex("03 21 00 01  02 04 02"))

        client.receive(answer.rawSpan, epoch: epoch, now: later)
        #expect(!client.hasOutput, "an acknowledgement can wait")
        let due = try #require(client.nextDeadline)
        #expect(due == later.advanced(byMicroseconds: 50_000))
        client.advance(to: due)
        #expect(output(&client, due) == hex("02 04 01"))
    }

    @Test func aServerDrainsAndAssignsSlots() throws {
        var pair = try SessionPair()
        #expect(pair.client.timing.slot == 0)
        let drain = Drain(delayMilliseconds: 1_000, withinMilliseconds: 5_000, endpoint: "b:1")
        pair.server.drain(drain)
        pair.exchange()
        #expect(pair.events().client == [.draining(drain)])
        _ = pair.client.connected(now: pair.now)
        let request = try SessionPair.request(of: &pair.client, pair.now)
        try pair.server.resume(request, slot: 7_000, now: pair.now)
        pair.exchange()
        #expect(pair.client.timing.slot == 7_000, "it holds when the server is gone")
    }

    private func output(_ machine: inout SessionMachine, _ now: SessionInstant) -> [UInt8] {
        var bytes: [UInt8] = []
        machine.output(into: &bytes, now: now)
        return bytes
    }
}

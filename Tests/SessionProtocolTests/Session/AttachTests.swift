import Testing

@testable import SessionProtocol

@Suite struct AttachTests {
    @Test func aResumeTakesOneRoundTrip() throws {
        var pair = try SessionPair()
        let stream = try pair.client.open(.log, name: [1])
        _ = try pair.client.send([7], on: stream)
        var lost: [UInt8] = []
        pair.client.output(into: &lost, now: pair.now)
        pair.disconnect()
        let before = pair.flightCount
        _ = pair.client.connected(now: pair.now)
        let request = try SessionPair.request(of: &pair.client, pair.now)  // there
        try pair.server.resume(request, now: pair.now)
        pair.serverToClient()  // and back
        #expect(pair.client.isAttached)
        pair.clientToServer()  // and the message is with what comes next
        #expect(pair.flightCount == before + 2)
        let server = pair.events().server
        #expect(server.contains(.readable(stream)))
        let taken = pair.server.take(from: stream, now: pair.now)
        #expect(taken == .message(number: 0, payload: [7], isLast: false))
    }

    @Test func aForgedTicketIsRefused() throws {
        var pair = try SessionPair()
        let good = ExampleFrames.ticket
        let forged = SessionTicket(
            session: good.session,
            secret: SessionID(good.secret.high, good.secret.low ^ 1)
        )
        var thief = SessionMachine(client: forged)
        _ = thief.connected(now: pair.now)
        _ = thief.connected(now: pair.now)
        let request = try SessionPair.request(of: &thief, pair.now)
        #expect(throws: Refusal(.wrongTicket)) { try pair.server.resume(request, now: pair.now) }
        #expect(pair.server.isAttached, "the rightful client goes on")
    }

    @Test func aStaleEpochIsRefusedAndANewerOneEvicts() throws {
        var pair = try SessionPair()
        var twin = pair.client  // the same ticket in two places
        _ = pair.client.connected(now: pair.now)
        let newer = try SessionPair.request(of: &pair.client, pair.now)
        try pair.server.resume(newer, now: pair.now)
        #expect(pair.events().server.contains(.detached(epoch: 1, .evicted)))
        _ = twin.connected(now: pair.now)
        let stale = try SessionPair.request(of: &twin, pair.now)
        #expect(throws: Refusal(.staleEpoch)) { try pair.server.resume(stale, now: pair.now) }
        // It is told, and does not try again.
        twin.receive(Refusal(.staleEpoch).bytes.rawSpan, epoch: twin.epoch, now: pair.now)
        #expect(twin.ending == .refused(Refusal(.staleEpoch)))
    }

    @Test func bytesOfAnEvictedConnectionAreNotRead() throws {
        var pair = try SessionPair()
        _ = pair.client.connected(now: pair.now)
        let request = try SessionPair.request(of: &pair.client, pair.now)
        try pair.server.resume(request, now: pair.now)
        pair.server.receive([0].rawSpan, epoch: 1, now: pair.now)
        #expect(pair.server.ending == nil)
        pair.server.disconnected(epoch: 1, now: pair.now)
        #expect(pair.server.isAttached)
    }

    @Test func aServerThatForgotTheSessionSaysSo() throws {
        var pair = try SessionPair()
        let stream = try pair.client.open(.log, name: [])
        let handed = try pair.client.send([1], on: stream)
        var lost: [UInt8] = []
        pair.client.output(into: &lost, now: pair.now)
        let waiting = try pair.client.send([2], on: stream)
        pair.disconnect()
        _ = pair.client.connected(now: pair.now)
        let request = try SessionPair.request(of: &pair.client, pair.now)
        #expect(throws: Refusal(.unknownSession)) {
            _ = try SessionMachine(accepting: request, now: pair.now)
        }
        _ = pair.events()
        let refusal = Refusal(.unknownSession)
        pair.client.receive(refusal.bytes.rawSpan, epoch: pair.client.epoch, now: pair.now)
        #expect(
            pair.events().client == [
                .receipt(stream, handed, .unknown(.unknownSession)),
                .receipt(stream, waiting, .notDelivered(.unknownSession)),
                .detached(epoch: 2, .ended),
                .ended(.refused(refusal)),
            ]
        )
    }

    @Test func aServerThatIsOverloadedLeavesTheSessionAsItIs() throws {
        var pair = try SessionPair()
        pair.disconnect()
        _ = pair.client.connected(now: pair.now)
        _ = try SessionPair.request(of: &pair.client, pair.now)
        let refusal = Refusal(.overloaded, retryAfterMilliseconds: 50)
        pair.client.receive(refusal.bytes.rawSpan, epoch: pair.client.epoch, now: pair.now)
        #expect(pair.client.ending == nil)
        try pair.reconnect()
        #expect(pair.client.isAttached)
    }

    @Test func anImpossibleCountEndsTheSession() throws {
        var pair = try SessionPair()
        _ = pair.client.connected(now: pair.now)
        let request = try SessionPair.request(of: &pair.client, pair.now)
        let forged = AttachRequest(
            ticket: request.ticket,
            epoch: request.epoch,
            isResuming: true,
            receivedCount: 1_000,
            clock: 0,
            limits: request.limits,
            credentials: []
        )
        #expect(throws: Refusal.self) { try pair.server.resume(forged, now: pair.now) }
        #expect(pair.server.ending != nil)
    }

    @Test func whatIsNoGreetingIsRefusedBeforeThereIsASession() {
        for bytes in [
            [UInt8]("GET / HTTP/1.1\r\n".utf8), hex("16030100"), hex("d3534200"),
            hex("d3534201 03 04 4064"), hex("d3534201 00"),
            hex("d3534201") + hex(ExampleFrames.all[0].bytes) + [5],
            hex("d3534201 7f ff 01") + [UInt8](repeating: 0, count: 6_000),
        ] {
            var reader = AttachReader()
            #expect(throws: Violation.self) { try reader.receive(bytes.rawSpan) }
        }
    }

    @Test func aSessionWithoutConnectionIsKeptForItsTime() throws {
        var pair = try SessionPair()
        pair.disconnect()
        pair.wait(milliseconds: 299_999)
        #expect(pair.server.ending == nil)
        pair.wait(milliseconds: 1)
        #expect(pair.server.ending == .expired)
    }

    @Test func aTicketDoesNotPrintItsSecret() {
        #expect("\(ExampleFrames.ticket)" == "000102030405060708090a0b0c0d0e0f")
        #expect(String(reflecting: ExampleFrames.ticket) == "000102030405060708090a0b0c0d0e0f")
    }
}

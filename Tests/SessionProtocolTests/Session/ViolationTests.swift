import SessionSimulation
import Testing

@testable import SessionProtocol

/// What a peer can do wrong, one thing at a time: it is told once, the session ends, nothing traps.
@Suite struct ViolationTests {
    private let log = Frame.open(stream: 0, kind: .log, expiry: 0, name: [])
    private let call = Frame.open(stream: 0, kind: .call, expiry: 0, name: [])
    private let message = Frame.message(MessageHeader(stream: 0), payload: [1])

    private func code(after frames: [Frame], toClient: Bool = false) throws -> SessionCode? {
        var pair = try SessionPair()
        for frame in frames { pair.forge(frame, toClient: toClient) }
        let ending = toClient ? pair.client.ending : pair.server.ending
        guard case .violation(let violation)? = ending else { return nil }
        // It is told once.
        var bytes: [UInt8] = []
        if toClient {
            pair.client.output(into: &bytes, now: pair.now)
            #expect(pair.client.closesTransport)
        } else {
            pair.server.output(into: &bytes, now: pair.now)
            #expect(pair.server.closesTransport)
        }
        var expected: [UInt8] = []
        Frame.fault(violation.code, text: violation.text).write(into: &expected)
        #expect(bytes == expected)
        return violation.code
    }

    @Test func framesForStreamsThatWereNeverOpened() throws {
        for frame: Frame in [
            message, .taken(stream: 1, count: 0), .skipped(stream: 1, number: 0, cause: .ok),
            .cancel(stream: 0, number: 0), .end(stream: 0, status: .ok, detail: []),
            .reset(stream: 0, code: .ok, takenCount: 0),
            .gap(stream: 0, count: 1, cause: .ok, place: []),
        ] {
            #expect(try code(after: [frame]) == .wrongState, "\(frame)")
        }
    }

    @Test func streamsOutOfOrder() throws {
        let second = Frame.open(stream: 2, kind: .log, expiry: 0, name: [])
        let wrongParity = Frame.open(stream: 1, kind: .log, expiry: 0, name: [])
        #expect(try code(after: [second]) == .wrongState)
        #expect(try code(after: [wrongParity]) == .wrongState)
        #expect(try code(after: [log, log]) == .wrongState)
    }

    @Test func framesInFlowsThatHaveEndedOrNeverWere() throws {
        let end = Frame.end(stream: 0, status: .ok, detail: [])
        let last = Frame.message(MessageHeader(stream: 0, endsFlow: true), payload: [1])
        #expect(try code(after: [log, end, message]) == .wrongState)
        #expect(try code(after: [log, last, message]) == .wrongState)
        #expect(try code(after: [log, last, end]) == .wrongState)
        #expect(try code(after: [log, .taken(stream: 0, count: 0)]) == .wrongState)
        #expect(try code(after: [.datagram(stream: 0, number: 0, payload: []), log]) == nil)
        #expect(
            try code(after: [log, .datagram(stream: 0, number: 0, payload: [])]) == .wrongState
        )
    }

    @Test func whatOnlyTheOtherRoleSends() throws {
        for text in [ExampleFrames.all[0], ExampleFrames.all[1], ExampleFrames.all[2]] {
            #expect(try code(after: [text.frame]) == .wrongState)
            #expect(try code(after: [text.frame], toClient: true) == .wrongState)
        }
        let drain = Frame.drain(Drain(delayMilliseconds: 1, withinMilliseconds: 1))
        #expect(try code(after: [drain]) == .wrongState)
        #expect(try code(after: [drain], toClient: true) == nil)
    }

    @Test func acknowledgementsOfWhatWasNotSent() throws {
        #expect(try code(after: [.acknowledge(receivedCount: 1)]) == .malformed)
        #expect(try code(after: [.acknowledge(receivedCount: .max >> 2)]) == .malformed)
        #expect(try code(after: [.pong(echo: 5, clock: 0)]) == .malformed)
        #expect(try code(after: [call, .taken(stream: 0, count: 1)]) == .malformed)
        #expect(try code(after: [call, .reset(stream: 0, code: .ok, takenCount: 1)]) == .malformed)
        let skipped = Frame.skipped(stream: 0, number: 0, cause: .ok)
        #expect(try code(after: [call, skipped]) == .malformed)
    }

    @Test func moreThanTheWindowHolds() throws {
        let half = Frame.message(
            MessageHeader(stream: 0),
            payload: [UInt8](repeating: 0, count: 16_000)
        )
        let tooMany = [Frame](repeating: half, count: 17)
        #expect(try code(after: [log] + tooMany) == .limit)
        let begun = Frame.message(
            MessageHeader(stream: 0, hasMore: true),
            payload: [UInt8](repeating: 0, count: 16_000)
        )
        #expect(try code(after: [log] + [Frame](repeating: begun, count: 13)) == .limit)
        let empty = Frame.gap(stream: 0, count: 1, cause: .ok, place: [])
        #expect(try code(after: [log] + [Frame](repeating: empty, count: 8_193)) == .limit)
    }

    @Test func moreStreamsThanAreHeld() throws {
        let opens = (0..<129).map { number in
            Frame.open(stream: UInt64(number * 2), kind: .log, expiry: 0, name: [])
        }
        #expect(try code(after: opens) == .limit)
        #expect(try code(after: opens.dropLast()) == nil)
    }

    @Test func aPeerThatCausesAnswersAndAcknowledgesNone() throws {
        var settings = SessionSettings()
        settings.retainedSizeLimit = 10_000
        settings.answerSizeLimit = 5_000
        var pair = try SessionPair(settings: settings)
        var number: UInt64 = 0
        while pair.server.ending == nil, number < 40_000 {
            var bytes: [UInt8] = []
            for _ in 0..<500 {
                Frame.open(stream: number, kind: .log, expiry: 0, name: []).write(into: &bytes)
                Frame.reset(stream: number, code: .cancelled, takenCount: 0).write(into: &bytes)
                number += 2
            }
            pair.server.receive(bytes.rawSpan, epoch: pair.server.epoch, now: pair.now)
            _ = pair.events()
            bytes = []  // what the server says is read, and never acknowledged
            pair.server.output(into: &bytes, limit: .max, now: pair.now)
        }
        #expect(
            pair.server.ending == .violation(Violation(.limit, "answers are never acknowledged"))
        )
    }

    /// What only our own application makes is no fault of a peer that could not acknowledge it yet.
    @Test func whatThisEndOpensAndCancelsIsNotHeldAgainstThePeer() throws {
        var settings = SessionSettings()
        settings.retainedSizeLimit = 10_000
        settings.answerSizeLimit = 5_000
        var pair = try SessionPair(settings: settings)
        pair.disconnect()
        for _ in 0..<100 {
            _ = try pair.client.open(.log, name: [UInt8](repeating: 0x61, count: 255))
        }
        try pair.reconnect()
        #expect(pair.client.ending == nil)
        #expect(pair.server.ending == nil)
    }

    @Test func aFloodOfPingsTakesNoMemory() throws {
        var pair = try SessionPair()
        for clock: UInt64 in 0..<10_000 { pair.forge(.ping(clock: clock)) }
        var bytes: [UInt8] = []
        pair.server.output(into: &bytes, now: pair.now)
        #expect(bytes.count < 32)
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func randomBytesAndRandomFramesNeverTrap(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var pair = try SessionPair()
        pair.forge(log, .open(stream: 2, kind: .call, expiry: 0, name: []))
        for _ in 0..<300 {
            var bytes: [UInt8] = []
            for _ in 0..<random.number(1..<8) {
                let example = ExampleFrames.all.randomElement(using: &random)
                bytes += hex(example?.bytes ?? "")
            }
            if random.oneIn(4) {
                bytes[random.number(0..<bytes.count)] = UInt8(random.number(0..<256))
            }
            let toClient = random.oneIn(2)
            if toClient {
                pair.client.receive(bytes.rawSpan, epoch: pair.client.epoch, now: pair.now)
            } else {
                pair.server.receive(bytes.rawSpan, epoch: pair.server.epoch, now: pair.now)
            }
            pair.client.checkInvariants()
            pair.server.checkInvariants()
            if pair.client.ending != nil || pair.server.ending != nil {
                pair = try SessionPair()
                pair.forge(log)
            }
        }
    }
}

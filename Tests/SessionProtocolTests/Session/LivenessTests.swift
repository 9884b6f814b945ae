import SessionSimulation
import Testing

@testable import SessionProtocol

@Suite struct LivenessTests {
    @Test func aBlackHoleIsFoundWithinTheBound() throws {
        var pair = try SessionPair()
        let last = pair.now
        var steps = 0
        while pair.client.isAttached, steps < 100 {
            pair.now = try #require(pair.client.nextDeadline)
            pair.client.advance(to: pair.now)
            var swallowed: [UInt8] = []
            pair.client.output(into: &swallowed, now: pair.now)
            steps += 1
        }
        #expect(pair.now == last.advanced(byMicroseconds: 15_000_000))
        #expect(pair.events().client == [.detached(epoch: 1, .silent)])
    }

    @Test func anAttachThatIsNotAnsweredIsGivenUp() throws {
        var client = SessionMachine(client: ExampleFrames.ticket)
        let start = SessionInstant(microseconds: 0)
        _ = client.connected(now: start)
        let due = try #require(client.nextDeadline)
        #expect(due == start.advanced(byMicroseconds: 15_000_000))
        client.advance(to: due)
        #expect(client.nextEvent() == .detached(epoch: 1, .silent))
    }

    @Test func aSlowLineThatStillMovesIsNotDead() throws {
        var pair = try SessionPair()
        for _ in 0..<100 {
            pair.now = pair.now.advanced(byMicroseconds: 14_000_000)
            pair.client.transportProgressed(epoch: 1, now: pair.now)
            pair.client.advance(to: pair.now)
        }
        #expect(pair.client.isAttached)
    }

    /// An hour of full queues both ways, handlers that are blocked, and 300 ms of jitter.
    @Test func whoIsBusyIsNotTakenForDead() throws {
        var pair = try SessionPair()
        var random = SeededGenerator(seed: 5)
        let fromClient = try (0..<8).map { _ in try pair.client.open(.log, name: []) }
        let fromServer = try (0..<8).map { _ in try pair.server.open(.log, name: []) }
        var refusedCount = 0
        var underWay: [(at: SessionInstant, toServer: Bool, bytes: [UInt8])] = []
        let end = pair.now.advanced(byMicroseconds: 3_600_000_000)
        var arrival = [pair.now, pair.now]
        while pair.now < end {
            let payload = [UInt8](repeating: 0, count: 5_000)
            for (one, other) in zip(fromClient, fromServer) {
                if (try? pair.client.send(payload, on: one)) == nil { refusedCount += 1 }
                if (try? pair.server.send(payload, on: other)) == nil { refusedCount += 1 }
            }
            for side in 0...1 {
                var bytes: [UInt8] = []
                if side == 0 {
                    pair.client.output(into: &bytes, now: pair.now)
                } else {
                    pair.server.output(into: &bytes, now: pair.now)
                }
                guard !bytes.isEmpty else { continue }
                let jitter = UInt64(random.number(0..<300_000))
                arrival[side] = max(arrival[side], pair.now.advanced(byMicroseconds: jitter))
                underWay.append((arrival[side], side == 0, bytes))
            }
            let deadlines = [pair.client.nextDeadline, pair.server.nextDeadline].compactMap { $0 }
            let next = (deadlines + underWay.map(\.at)).min()
            pair.now = max(pair.now.advanced(byMicroseconds: 1_000), try #require(next))
            while let due = underWay.firstIndex(where: { $0.at <= pair.now }) {
                let piece = underWay.remove(at: due)
                if piece.toServer {
                    pair.server.receive(piece.bytes.rawSpan, epoch: 1, now: pair.now)
                } else {
                    pair.client.receive(piece.bytes.rawSpan, epoch: 1, now: pair.now)
                }
            }
            pair.client.advance(to: pair.now)
            pair.server.advance(to: pair.now)
            pair.collect()
            try #require(pair.client.isAttached && pair.server.isAttached)
        }
        #expect(refusedCount > 1_000, "the queues were full")
    }

    @Test func anIdleSessionKeepsNothing() throws {
        var pair = try SessionPair()
        for _ in 0..<20 {
            let deadlines = [pair.client.nextDeadline, pair.server.nextDeadline]
            pair.now = try #require(deadlines.compactMap { $0 }.min())
            pair.client.advance(to: pair.now)
            pair.server.advance(to: pair.now)
            pair.exchange()
        }
        #expect(pair.client.isAttached && pair.server.isAttached)
        #expect(pair.client.link.retainedSize == 0)
        #expect(MemoryLayout<SessionMachine>.size < 1_024)
    }
}

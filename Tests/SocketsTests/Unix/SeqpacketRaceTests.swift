import Sockets
import SocketsTesting
import Testing

/// No message is lost, doubled or cut, whenever its receive or its send is cancelled.
@Suite("Sequenced packets in races")
struct SeqpacketRaceTests {
    @Test func cancelledReceivesConsumeNothing() async throws {
        var random = SeededRandom(seed: SeededRandom.testSeed)
        let (a, b) = try SeqpacketConnection.pair()
        var next = 0
        for round in 0..<600 {
            let sendingPause = Duration.nanoseconds(Int.random(in: 0...100_000, using: &random))
            let sending = Task {
                await spin(sendingPause)
                try await a.send("\(round)")
            }
            let receiving = Task { try await b.receive(limit: 9) }
            await spin(.nanoseconds(Int.random(in: 0...150_000, using: &random)))
            receiving.cancel()
            do {
                #expect(try await receiving.value == Array("\(next)".utf8))
                next += 1
            } catch let error as SocketError {
                #expect(error.code == .cancelled, "\(error)")
            }
            try await sending.value
            // Not ever more of them on the way.
            while next < round - 3 {
                #expect(try await b.receive(limit: 9) == Array("\(next)".utf8))
                next += 1
            }
        }
        try await a.finish()
        while let message = try await b.receive(limit: 9) {
            #expect(message == Array("\(next)".utf8))
            next += 1
        }
        #expect(next == 600)
    }

    @Test func cancelledSendsAreWholeOrNotAtAll() async throws {
        var random = SeededRandom(seed: SeededRandom.testSeed)
        for _ in 0..<200 {
            let (a, b) = try SeqpacketConnection.pair()
            let size = Int.random(in: 1...60_000, using: &random)
            let sending = Task { () -> Int in
                var count = 0
                do throws(SocketError) {
                    while true {
                        try await a.send(
                            [UInt8](repeating: UInt8(truncatingIfNeeded: count), count: size)
                        )
                        count += 1
                    }
                } catch {
                    #expect(error.code == .cancelled && error.transferredCount == 0, "\(error)")
                }
                a.close()
                return count
            }
            let receiving = Task { () -> Int in
                var count = 0
                while let message = try await b.receive(limit: size) {
                    #expect(message.count == size)
                    #expect(message.first == UInt8(truncatingIfNeeded: count))
                    count += 1
                }
                return count
            }
            await spin(.nanoseconds(Int.random(in: 0...400_000, using: &random)))
            sending.cancel()
            #expect(try await receiving.value == sending.value)
            b.close()
        }
    }
}

/// Lets time pass more exactly than a sleep could.
private func spin(_ duration: Duration) async {
    let end = ContinuousClock.now + duration
    while ContinuousClock.now < end { await Task.yield() }
}

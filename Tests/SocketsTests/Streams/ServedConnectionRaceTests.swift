import Sockets
import SocketsTesting
import Testing

/// The waits of a served connection's handler have a shorter way through the engine than those of
/// other tasks; what holds for `checkByteStream` must hold there too.
@Suite("A served connection")
struct ServedConnectionRaceTests {
    /// Arbitrary: a second of races.
    private let rounds = 200

    @Test(arguments: [false, true])
    func losesNoByteToDeadlinesAndCancellation(isCancelled: Bool) async throws {
        var random = SeededRandom(seed: SeededRandom.testSeed)
        let loops = try EventLoopGroup(count: 1)
        for _ in 0..<rounds {
            let (draws, timing) = (random.fork(), random.fork())
            let (counts, sink) = AsyncStream<Int>.makeStream()
            let listener = try StreamListener.listen(on: .v4(.loopback, port: 0), loops: loops)
            let serving = Task {
                try await listener.serve { connection in
                    var draws = draws
                    // Handlers' errors end in the log; here they are a wrong count.
                    sink.yield((try? await receiveAll(connection, &draws)) ?? -1)
                }
                sink.finish()
            }
            let client = try await StreamConnection.connect(
                to: Endpoint(listener.localAddress),
                loops: loops
            )
            let sending = Task { try await sendPieces(client, timing) }
            if isCancelled {
                await spin(Int.random(in: 0...500_000, using: &random))
                serving.cancel()
            }
            let sent = try await sending.value
            for await count in counts {
                #expect(count == sent, "\(count) bytes came of \(sent)")
                listener.close()
            }
            listener.close()
            client.close()
            try await serving.value
        }
    }
}

/// Receives to the end under short deadlines; once the task is cancelled, in one that is not.
private func receiveAll(
    _ connection: StreamConnection,
    _ random: inout SeededRandom
) async throws -> Int {
    var count = 0
    while true {
        let time = Duration.nanoseconds(Int.random(in: 0...60_000, using: &random))
        do throws(SocketError) {
            let size = try await withDeadline(.after(time)) { () async throws(SocketError) in
                var buffer = ByteBuffer()
                return try await connection.receive(into: &buffer)
            }
            if size == 0 { return count }
            count += size
        } catch {
            if error.code == .deadlinePassed { continue }
            guard error.code == .cancelled else { throw error }
            return count + (try await Task.detached { try await drain(connection) }.value)
        }
    }
}

private func drain(_ connection: StreamConnection) async throws -> Int {
    var count = 0
    var buffer = ByteBuffer()
    while true {
        let size = try await connection.receive(into: &buffer)
        if size == 0 { return count }
        count += size
        buffer.clear()
    }
}

/// Sends small pieces at odd times, finishes, and says how many bytes went out.
private func sendPieces(_ client: StreamConnection, _ draws: SeededRandom) async throws -> Int {
    var (random, sent) = (draws, 0)
    for _ in 0..<20 {
        let size = Int.random(in: 1...300, using: &random)
        do throws(SocketError) {
            try await client.send([UInt8](repeating: 1, count: size))
        } catch {
            // The listener was cancelled before it accepted: then nobody counts.
            guard error.code == .reset || error.code == .brokenPipe else { throw error }
            return -1
        }
        sent += size
        await spin(Int.random(in: 0...40_000, using: &random))
    }
    try await client.finish()
    return sent
}

private func spin(_ nanoseconds: Int) async {
    let end = ContinuousClock.now + .nanoseconds(nanoseconds)
    while ContinuousClock.now < end { await Task.yield() }
}

import SocketsTesting
import Testing

@testable import Sockets

/// Connections that no task reads from.
@Suite struct StreamReaderTests {
    /// Keeps what it is told.
    private final class Recorder: StreamReader {
        struct State {
            var bytes: [UInt8] = []
            var calls = 0
            var endCount = 0
        }
        let state = Shared(State())
        private let answer: @Sendable ([UInt8]) -> Reading

        init(_ answer: @escaping @Sendable ([UInt8]) -> Reading = { _ in .more }) {
            self.answer = answer
        }

        func received(_ bytes: RawSpan) -> Reading {
            let new = unsafe bytes.withUnsafeBytes { unsafe Array($0) }
            state.withLock { state in
                state.bytes += new
                state.calls += 1
            }
            return answer(new)
        }

        func readingEnded() { state.withLock { $0.endCount += 1 } }

        var bytes: [UInt8] { state.withLock { $0.bytes } }
        var hasEnded: Bool { state.withLock { $0.endCount } > 0 }
    }

    /// Serves connections by readers; gives `body` clients and what the readers were told.
    private func serve(
        on address: SocketAddress = .v4(.loopback, port: 0),
        _ reader: Recorder,
        limit: Int = 100,
        _ body: (StreamListener) async throws -> Void
    ) async throws {
        let listener = try StreamListener.listen(on: address, .init(connectionLimit: limit))
        let serving = Task { try await listener.serve { try $0.startReading(by: reader) } }
        try await body(listener)
        serving.cancel()
        try await serving.value
        #expect(listener.statistics().openConnections == 0)
        listener.close()
    }

    @Test(arguments: [false, true])
    func whatComesIsToldInOrderUntilTheEnd(_ isUnix: Bool) async throws {
        let reader = Recorder()
        let address: SocketAddress = isUnix ? .unix(.unnamed) : .v4(.loopback, port: 0)
        try await serve(on: address, reader) { listener in
            let one = try await client(of: listener)
            // Longer than a turn, so that others have theirs in between.
            let bytes = (0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            try await one.send(bytes)
            try await one.finish()
            // The other end closes when it has read everything.
            #expect(try await receiveAll(one) == [])
            #expect(reader.bytes == bytes)
            #expect(reader.state.withLock { $0.endCount } == 1)
            #expect(listener.statistics().receivedSize == bytes.count)
            one.close()
        }
    }

    @Test func aResetEndsIt() async throws {
        let reader = Recorder()
        try await serve(reader) { listener in
            let one = try await client(of: listener)
            try await one.send([1])
            while reader.bytes.isEmpty { await Task.yield() }
            one.reset()
            while !reader.hasEnded { await Task.yield() }
            while listener.statistics().openConnections > 0 { await Task.yield() }
        }
    }

    @Test func aReaderThatWantsNoMoreIsToldNoMore() async throws {
        let reader = Recorder { _ in .end }
        try await serve(reader) { listener in
            let one = try await client(of: listener)
            try await one.send([1, 2])
            while (try? await one.send([3])) != nil {}
            #expect(reader.state.withLock { ($0.calls, $0.endCount) } == (1, 1))
            one.close()
        }
    }

    /// Closing from any thread is found, also while nothing comes.
    @Test func aConnectionThatIsClosedEndsIt() async throws {
        let listener = try StreamListener.listen(on: .v4(.loopback, port: 0))
        let reader = Recorder()
        let served = Shared<StreamConnection?>(nil)
        let serving = Task {
            try await listener.serve { connection in
                try connection.startReading(by: reader)
                served.withLock { $0 = connection }
            }
        }
        let one = try await client(of: listener)
        while served.withLock({ $0 == nil }) { await Task.yield() }
        served.withLock { $0.take() }?.close()
        while !reader.hasEnded { await Task.yield() }
        #expect(try await receiveAll(one) == [])
        listener.close()
        // The connection counted until now, and the listener's end waited for it.
        try await serving.value
        #expect(reader.state.withLock { $0.endCount } == 1)
        one.close()
    }

    @Test func whatComesInAPauseIsToldBehindIt() async throws {
        let listener = try StreamListener.listen(on: .v4(.loopback, port: 0))
        let first = Recorder { _ in .pause }
        let second = Recorder()
        let serving = Task {
            try await listener.serve { connection in
                try connection.startReading(by: first)
                while first.bytes.isEmpty { await Task.yield() }
                // A task cannot read at the same time.
                var buffer = ByteBuffer()
                await expect(.busy) { _ = try await connection.receive(into: &buffer) }
                try await connection.send("more")
                try await connection.loop.sleep(until: .after(.milliseconds(50)))
                #expect(first.state.withLock { $0.calls } == 1)
                #expect(connection.continueReading(by: second))
            }
        }
        let one = try await client(of: listener)
        try await one.send("one")
        var buffer = ByteBuffer()
        while buffer.count < 4 { _ = try await one.receive(into: &buffer) }
        try await one.send("two")
        while second.bytes.count < 3 { await Task.yield() }
        #expect(first.bytes == Array("one".utf8) && second.bytes == Array("two".utf8))
        try await one.finish()
        #expect(try await receiveAll(one) == [])
        #expect(second.hasEnded && !first.hasEnded)
        serving.cancel()
        try await serving.value
        listener.close()
        one.close()
    }

    /// A connection counts as served until it is closed.
    @Test func theListenersLimitAndItsEndKnowOfReaders() async throws {
        let reader = Recorder()
        try await serve(reader, limit: 1) { listener in
            let one = try await client(of: listener)
            try await one.send([1])
            while reader.bytes.count < 1 { await Task.yield() }
            let two = try await client(of: listener)  // in the backlog
            try await two.send([2])
            try await EventLoop.nearest.sleep(until: .after(.milliseconds(50)))
            #expect(reader.bytes == [1])
            one.close()
            while reader.bytes.count < 2 { await Task.yield() }
            two.close()
        }
    }

    /// Serving that is cancelled ends readers of connections on which nothing happens.
    @Test func cancellingTheListenerEndsThem() async throws {
        let reader = Recorder()
        try await serve(reader) { listener in
            for _ in 0..<10 {
                let one = try await client(of: listener)
                try await one.send([1])
            }
            while reader.bytes.count < 10 { await Task.yield() }
        }
        #expect(reader.state.withLock { $0.endCount } == 10)
    }
}

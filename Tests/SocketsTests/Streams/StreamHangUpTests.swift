import Sockets
import Testing

/// When an end that had finished sending is gone altogether.
struct StreamHangUpTests {
    /// A connection, and its other end.
    private func pair() async throws -> (StreamConnection, StreamConnection) {
        let listener = try await StreamListener.listen(on: "127.0.0.1:0")
        defer { listener.close() }
        async let accepted = listener.accept()
        let connection = try await StreamConnection.connect(to: Endpoint(listener.localAddress))
        return (connection, try await accepted)
    }

    private func receiveEnd(_ connection: StreamConnection) async throws {
        var buffer = ByteBuffer(limit: 100)
        while try await connection.receive(into: &buffer) > 0 {}
    }

    @Test func anEndIsNoHangUpAndAResetBehindItIs() async throws {
        let (here, there) = try await pair()
        try await there.finish()
        try await receiveEnd(here)
        await #expect(throws: SocketError.self) {
            try await withDeadline(.after(.milliseconds(50))) { _ = try await here.waitUntilGone() }
        }
        let waiting = Task {
            try await withDeadline(.after(.seconds(20))) { _ = try await here.waitUntilGone() }
        }
        there.reset()
        try await waiting.value
        here.close()
    }

    @Test func whatIsSentMeanwhileWakesNobodyForGood() async throws {
        let (here, there) = try await pair()
        try await there.finish()
        try await receiveEnd(here)
        let waiting = Task {
            try await withDeadline(.after(.seconds(20))) { _ = try await here.waitUntilGone() }
        }
        // More than the buffers hold: the kernel tells of room again and again.
        let bytes = [UInt8](repeating: 7, count: 8 << 20)
        async let sending: Void = here.send(bytes)
        var received = 0
        while received < bytes.count {
            var buffer = ByteBuffer(limit: 65_536)
            received += try await there.receive(into: &buffer)
        }
        try await sending
        // The own end, too: nothing can come or go any more.
        try await here.finish()
        try await waiting.value
        here.close()
        there.close()
    }

    @Test func cancellationEndsTheWait() async throws {
        let (here, there) = try await pair()
        try await there.finish()
        try await receiveEnd(here)
        let waiting = Task { _ = try await here.waitUntilGone() }
        waiting.cancel()
        await #expect(throws: SocketError.self) { try await waiting.value }
        here.close()
        await #expect(throws: SocketError.self) { _ = try await here.waitUntilGone() }
        there.close()
    }
}

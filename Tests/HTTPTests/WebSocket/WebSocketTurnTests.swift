import Sockets
import SocketsTesting
import Testing
import WebSocketCodec

@testable import HTTP

/// Who sends when: messages of this end's own, and what the peer has asked for.
struct WebSocketTurnTests {
    /// A ping with 125 bytes, masked with zeros, and its pong.
    private static let ping: [UInt8] =
        [0x89, 0xFD, 0, 0, 0, 0] + [UInt8](repeating: 7, count: 125)
    private static let pong: [UInt8] = [0x8A, 125] + [UInt8](repeating: 7, count: 125)
    private static let hello: [UInt8] = [0x81, 5] + Array("hello".utf8)

    /// A server's end whose peer takes half a pong before it reads.
    private func server() -> (peer: InMemoryStream, socket: WebSocketConnection) {
        let (near, far) = InMemoryStream.pair(capacity: 64)
        let socket = WebSocketConnection(
            far,
            .server,
            input: ByteBuffer(),
            subprotocol: nil,
            compression: nil,
            .init()
        )
        return (near, socket)
    }

    private func receive(_ count: Int, from stream: InMemoryStream) async throws -> [UInt8] {
        var buffer = ByteBuffer(limit: count)
        while buffer.count < count, try await stream.receive(into: &buffer) > 0 {}
        return buffer.array()
    }

    @Test func whatThisEndSaysItselfIsNotHeldAgainstThePeer() async throws {
        let (_, socket) = server()
        // As another task leaves it between queueing a message and taking it to send.
        socket.shared.withLock { shared in
            shared.sender = .caller
            shared.output = [UInt8](repeating: 0, count: 10 * SharedWebSocket.owedSizeLimit)
        }
        try await socket.flush()
        socket.shared.withLock { $0.owedSize = SharedWebSocket.owedSizeLimit + 1 }
        let error = await #expect(throws: SocketError.self) { try await socket.flush() }
        #expect(error?.code == .limitExceeded)
    }

    @Test func aMessageWaitsForPongsThatAreOnTheirWay() async throws {
        try await withDeadline(.after(.seconds(20))) {
            let (peer, socket) = server()
            let receiving = Task { try await socket.receive() }
            try await peer.send(Self.ping)
            // Now the pong is on its way, and goes no further.
            var got = try await receive(1, from: peer)
            async let sending: Void = socket.send("hello")
            while socket.shared.withLock({ $0.next == nil }) { await Task.yield() }
            let second = await #expect(throws: SocketError.self) { try await socket.send("x") }
            #expect(second?.code == .busy)
            got += try await receive(Self.pong.count + Self.hello.count - 1, from: peer)
            try await sending
            #expect(got == Self.pong + Self.hello)
            receiving.cancel()
            _ = await receiving.result
        }
    }

    @Test func aMessageThatIsCancelledBeforeItsTurnIsNotSent() async throws {
        try await withDeadline(.after(.seconds(20))) {
            let (peer, socket) = server()
            let receiving = Task { try await socket.receive() }
            try await peer.send(Self.ping)
            var got = try await receive(1, from: peer)
            let sending = Task { try await socket.send("lost") }
            while socket.shared.withLock({ $0.next == nil }) { await Task.yield() }
            sending.cancel()
            await #expect(throws: SocketError.self) { try await sending.value }
            got += try await receive(Self.pong.count - 1, from: peer)
            try await socket.send("hello")
            got += try await receive(Self.hello.count, from: peer)
            #expect(got == Self.pong + Self.hello)
            receiving.cancel()
            _ = await receiving.result
        }
    }

    @Test func aReceiveThatIsCancelledWhileItAnswersLosesNothing() async throws {
        try await withDeadline(.after(.seconds(20))) {
            let (peer, socket) = server()
            let receiving = Task { try await socket.receive() }
            try await peer.send(Self.ping)
            var got = try await receive(1, from: peer)
            receiving.cancel()
            await #expect(throws: SocketError.self) { try await receiving.value }
            async let sending: Void = socket.send("hello")
            got += try await receive(Self.pong.count + Self.hello.count - 1, from: peer)
            try await sending
            #expect(got == Self.pong + Self.hello)
        }
    }

    @Test func answersThatAreCancelledAgainAndAgainStayBounded() async throws {
        try await withDeadline(.after(.seconds(20))) {
            let (peer, socket) = server()
            let pinging = Task { while true { try await peer.send(Self.ping) } }
            var last: SocketError?
            // Twice what may wait.
            for _ in 0..<2 * SharedWebSocket.owedSizeLimit / Self.pong.count {
                do {
                    _ = try await withDeadline(.after(.milliseconds(1))) {
                        try await socket.receive()
                    }
                } catch let error as SocketError {
                    last = error
                    if error.code != .deadlinePassed { break }
                }
            }
            let waiting = socket.shared.withLock { $0.output.count }
            #expect(waiting <= SharedWebSocket.owedSizeLimit + 2 * Self.pong.count)
            pinging.cancel()
            peer.close()
            _ = await pinging.result
            #expect(last != nil)
        }
    }
}

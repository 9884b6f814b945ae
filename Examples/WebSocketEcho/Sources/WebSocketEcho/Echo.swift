import HTTP
import WebSocketCodec

/// Sends every message back until the other end closes.
func echo(_ socket: WebSocketConnection) async throws {
    do {
        while let message = try await socket.receive() {
            switch message {
            case .text(let text): try await socket.send(text)
            case .binary(let bytes): try await socket.send(bytes)
            }
        }
    } catch is WebSocketViolation {
        // The other end was told what it did wrong, and the connection is closed.
    }
}

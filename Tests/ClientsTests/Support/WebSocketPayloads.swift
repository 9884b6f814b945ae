import HTTP
import Sockets

/// The payloads of a WebSocket's binary messages, as the stream that a session is carried on.
final class WebSocketPayloads: LayeredStream {
    let lowerStream: any ByteStream
    private let socket: WebSocketConnection

    init(_ socket: WebSocketConnection, over connection: StreamConnection) {
        self.socket = socket
        lowerStream = connection
    }

    func receive(into memory: inout MutableRawSpan) async throws(SocketError) -> Int {
        throw SocketError(.unsupported, in: .receive, detail: "sessions receive into buffers")
    }

    func receive(into buffer: inout ByteBuffer) async throws(SocketError) -> Int {
        while true {
            switch try await next() {
            case .binary(let bytes)? where bytes.isEmpty: continue
            case .binary(let bytes)?:
                buffer.append(bytes)
                return bytes.count
            case .text?: throw SocketError(.unsupported, in: .receive, detail: "a text message")
            case nil: return 0
            }
        }
    }

    private func next() async throws(SocketError) -> WebSocketMessage? {
        do {
            return try await socket.receive()
        } catch let error as SocketError {
            throw error
        } catch {
            throw SocketError(.reset, in: .receive, detail: "\(error)")
        }
    }

    func send(_ bytes: RawSpan) async throws(SocketError) {
        do {
            try await socket.send(unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) })
        } catch let error as SocketError {
            throw error
        } catch {
            throw SocketError(.reset, in: .send, detail: "\(error)")
        }
    }

    func finish() async throws(SocketError) { await socket.close() }
    func close() { lowerStream.close() }
    func reset() { lowerStream.reset() }
}

import Sockets
import SocketsTesting

/// A stream that breaks after so many bytes, in the direction it is told.
final class CutStream: LayeredStream {
    enum Direction: CaseIterable, Sendable {
        case sending
        case receiving
    }

    let lowerStream: any ByteStream
    private let direction: Direction
    private let remaining: TestLock<Int>

    init(_ stream: any ByteStream, after count: Int, _ direction: Direction) {
        lowerStream = stream
        self.direction = direction
        remaining = TestLock(count)
    }

    private func take(_ count: Int) -> Int {
        remaining.withLock { remaining in
            let taken = min(count, remaining)
            remaining -= taken
            return taken
        }
    }

    func receive(into memory: inout MutableRawSpan) async throws(SocketError) -> Int {
        fatalError("sessions receive into buffers")
    }

    func receive(into buffer: inout ByteBuffer) async throws(SocketError) -> Int {
        guard direction == .receiving else { return try await lowerStream.receive(into: &buffer) }
        var whole = ByteBuffer()
        let count = try await lowerStream.receive(into: &whole)
        let taken = take(count)
        if taken < count { lowerStream.reset() }
        // What came before the break is still given.
        guard taken > 0 || count == 0 else { throw SocketError(.reset, in: .receive) }
        buffer.append(whole.bytes.extracting(0..<taken))
        return taken
    }

    func send(_ bytes: RawSpan) async throws(SocketError) {
        guard direction == .sending else { return try await lowerStream.send(bytes) }
        let taken = take(bytes.byteCount)
        try await lowerStream.send(bytes.extracting(0..<taken))
        guard taken == bytes.byteCount else {
            lowerStream.reset()
            throw SocketError(.reset, in: .send, transferredCount: taken)
        }
    }

    func finish() async throws(SocketError) { try await lowerStream.finish() }
    func close() { lowerStream.close() }
    func reset() { lowerStream.reset() }
}

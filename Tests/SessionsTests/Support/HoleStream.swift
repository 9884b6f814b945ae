import Sockets

/// A stream that turns into a black hole: what is sent vanishes, and nothing comes.
final class HoleStream: ByteStream {
    private let stream: any ByteStream
    private let isHole = TestLock(false)
    private static let current = TestLock<HoleStream?>(nil)

    init(_ stream: any ByteStream) {
        self.stream = stream
        Self.current.withLock { $0 = self }
    }

    /// Swallows everything from now on.
    static func swallow(_ bench: SessionBench) {
        current.withLock { $0 }?.isHole.withLock { $0 = true }
    }

    func receive(into memory: inout MutableRawSpan) async throws(SocketError) -> Int {
        fatalError("sessions receive into buffers")
    }

    func receive(into buffer: inout ByteBuffer) async throws(SocketError) -> Int {
        while true {
            var whole = ByteBuffer()
            let count = try await stream.receive(into: &whole)
            if isHole.withLock({ $0 }), count > 0 { continue }
            buffer.append(whole.bytes)
            return count
        }
    }

    func send(_ bytes: RawSpan) async throws(SocketError) {
        if isHole.withLock({ $0 }) { return }
        try await stream.send(bytes)
    }

    func finish() async throws(SocketError) { try await stream.finish() }
    func close() { stream.close() }
    func reset() { stream.reset() }
}

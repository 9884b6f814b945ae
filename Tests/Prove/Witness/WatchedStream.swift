import Sockets

/// A connection of which is written down what is about to be sent.
final class WatchedStream: LayeredStream {
    let lowerStream: any ByteStream
    private let record: RecordFile

    init(_ stream: any ByteStream, _ record: RecordFile) {
        lowerStream = stream
        self.record = record
    }

    func receive(into memory: inout MutableRawSpan) async throws(SocketError) -> Int {
        try await lowerStream.receive(into: &memory)
    }

    func receive(into buffer: inout ByteBuffer) async throws(SocketError) -> Int {
        try await lowerStream.receive(into: &buffer)
    }

    func send(_ bytes: RawSpan) async throws(SocketError) {
        let copy = (0..<bytes.byteCount).map {
            unsafe bytes.unsafeLoad(fromByteOffset: $0, as: UInt8.self)
        }
        let names = WitnessedMessage.names(in: copy)
        do throws(RecordFailure) {
            if !names.isEmpty { try record.note(names.joined(separator: "\n")) }
        } catch {
            throw SocketError(.system, in: .send, errno: error.errno, detail: error.path)
        }
        try await lowerStream.send(bytes)
    }

    func finish() async throws(SocketError) { try await lowerStream.finish() }
    func close() { lowerStream.close() }
    func reset() { lowerStream.reset() }
}

import Sockets
import SocketsTesting
import Testing

@Suite("A chunking stream")
struct ChunkingTests {
    @Test func deliversInTheGivenPieces() async throws {
        let (a, b) = InMemoryStream.pair()
        let chunked = ChunkingStream(b, receiving: .repeating(1, 3))
        try await a.send("abcdefghi")
        try await a.finish()
        #expect(try await pieces(of: chunked) == ["a", "bcd", "e", "fgh", "i"])
    }

    @Test(arguments: 0...9)
    func splitsOnceAtAnyPlace(_ place: Int) async throws {
        let (a, b) = InMemoryStream.pair()
        let chunked = ChunkingStream(b, receiving: .split(after: place))
        try await a.send("abcdefghi")
        try await a.finish()
        let expected = ["abcdefghi".prefix(place), "abcdefghi".dropFirst(place)].map(String.init)
        #expect(try await pieces(of: chunked) == expected.filter { !$0.isEmpty })
    }

    @Test func countsACutSendOverAllChunks() async throws {
        let (a, b) = InMemoryStream.pair(capacity: 10)
        let chunked = ChunkingStream(a, sending: .repeating(4))
        let sender = Task { () -> SocketError? in
            do throws(SocketError) {
                try await withDeadline(.after(.milliseconds(1))) { () async throws(SocketError) in
                    try await chunked.send([UInt8](repeating: 1, count: 100))
                }
                return nil
            } catch {
                return error
            }
        }
        let error = await sender.value
        #expect(error?.code == .deadlinePassed)
        #expect(error?.transferredCount == 10)
        b.close()
    }

    private func pieces(of stream: some ByteStream) async throws -> [String] {
        var found: [String] = []
        while true {
            var buffer = ByteBuffer()
            if try await stream.receive(into: &buffer) == 0 { return found }
            found.append(String(decoding: buffer.array(), as: UTF8.self))
        }
    }
}

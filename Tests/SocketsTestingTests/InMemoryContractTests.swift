import Sockets
import SocketsTesting
import Testing

/// The kit's own streams keep the contract they are tested by.
@Suite("In-memory streams", .serialized)
struct InMemoryContractTests {
    @Test func inMemoryStreamsKeepTheContract() async throws {
        try await checkByteStream("memory") { InMemoryStream.pair() }
    }

    @Test func smallInMemoryStreamsKeepTheContract() async throws {
        try await checkByteStream("memory of 1000 bytes", races: 64) {
            InMemoryStream.pair(capacity: 1000)
        }
    }

    @Test func inMemoryStreamsOnALoopKeepTheContract() async throws {
        let loops = try EventLoopGroup(count: 1)
        try await checkByteStream("memory, on a loop", on: loops.next()) { InMemoryStream.pair() }
    }

    @Test func chunkedStreamsKeepTheContract() async throws {
        try await checkByteStream("chunked memory", races: 64) {
            let (a, b) = InMemoryStream.pair()
            return (
                ChunkingStream(
                    a,
                    receiving: .random(seed: 1, upTo: 9000),
                    sending: .repeating(1, 30_000)
                ),
                ChunkingStream(
                    b,
                    receiving: .random(seed: 2, upTo: 9000),
                    sending: .random(seed: 3, upTo: 9000)
                )
            )
        }
    }
}

import Sockets
import SocketsTesting
import TLS
import Testing

/// TLS through the suite that defines what a stream is, over every kind of transport.
@Suite("TLS keeps the byte stream contract", .serialized)
struct TLSContractTests {
    let loops: EventLoopGroup
    let parties: Parties

    init() throws {
        loops = try EventLoopGroup(count: 2)
        parties = try Parties()
    }

    @Test func inMemory() async throws {
        let parties = parties
        try await checkByteStream("TLS in memory", races: races) { try await parties.inMemory() }
    }

    @Test func inMemoryWithTLS12() async throws {
        let parties = try Parties(versions: .tls12 ... .tls12)
        try await checkByteStream("TLS 1.2 in memory", races: races) {
            try await parties.inMemory()
        }
    }

    @Test func overTCP() async throws {
        try await checkConnections("TLS over TCP", .v4(.loopback, port: 0))
    }

    @Test func overTCPOnItsLoop() async throws {
        let loops = try EventLoopGroup(count: 1)
        try await checkConnections(
            "TLS over TCP on its loop",
            .v4(.loopback, port: 0),
            loops,
            on: loops.next()
        )
    }

    @Test func overTCPWithTheServerFirst() async throws {
        let (loops, parties) = (loops, parties)
        let listener = try StreamListener.listen(on: .v4(.loopback, port: 0), loops: loops)
        defer { listener.close() }
        try await checkByteStream("TLS over TCP, mirrored", races: races) {
            let near = try await StreamSocket.create(.ipv4, loops: loops)
                .connect(to: listener.localAddress)
            let (client, server) = try await parties.pair(over: (near, listener.accept()))
            return (server, client)
        }
    }

    @Test func overUnixSockets() async throws {
        let (loops, parties) = (loops, parties)
        try await checkByteStream("TLS over a Unix pair", races: races) {
            try await parties.pair(over: StreamConnection.pair(loops: loops))
        }
    }

    @Test func overChunks() async throws {
        let (loops, parties) = (loops, parties)
        try await checkByteStream("TLS over chunks", races: races) {
            let (a, b) = try StreamConnection.pair(loops: loops)
            return try await parties.pair(
                over: (
                    ChunkingStream(a, sending: .random(seed: 1, upTo: 40_000)),
                    ChunkingStream(b, receiving: .random(seed: 2, upTo: 20_000))
                )
            )
        }
    }

    @Test func overTLS() async throws {
        let parties = parties
        try await checkByteStream("TLS over TLS", races: races) {
            try await parties.pair(over: parties.inMemory())
        }
    }

    /// A quarter of the streams' own: each pair costs two handshakes.
    private var races: Int { max(1, defaultRaceCount / 4) }

    private func checkConnections(
        _ label: String,
        _ address: SocketAddress,
        _ group: EventLoopGroup? = nil,
        on executor: (any TaskExecutor)? = nil
    ) async throws {
        let (loops, parties) = (group ?? loops, parties)
        let listener = try StreamListener.listen(on: address, loops: loops)
        defer { listener.close() }
        try await checkByteStream(label, races: races, on: executor) {
            let near = try await StreamSocket.create(.ipv4, loops: loops)
                .connect(to: listener.localAddress)
            return try await parties.pair(over: (near, listener.accept()))
        }
    }
}

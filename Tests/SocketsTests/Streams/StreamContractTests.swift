import Sockets
import SocketsTesting
import Testing

/// Every stream of this library, through the suite that defines what a stream is.
///
/// On one loop, tasks and events share a thread; elsewhere they race for real.
@Suite("The byte stream contract", .serialized)
struct StreamContractTests {
    let loops: EventLoopGroup

    init() throws { loops = try EventLoopGroup(count: 2) }

    @Test func tcpOverIPv4KeepsTheContract() async throws {
        try await checkConnections(to: .v4(.loopback, port: 0), "TCP over IPv4")
    }

    @Test func tcpOverIPv4OnItsLoopKeepsTheContract() async throws {
        let loops = try EventLoopGroup(count: 1)
        try await checkConnections(
            to: .v4(.loopback, port: 0),
            "TCP over IPv4 on its loop",
            loops,
            on: loops.next()
        )
    }

    @Test func tcpOverIPv6KeepsTheContract() async throws {
        do throws(SocketError) {
            try StreamListener.listen(on: .v6(.loopback, port: 0)).close()
        } catch {
            return  // A machine without IPv6.
        }
        try await checkConnections(to: .v6(.loopback, port: 0), "TCP over IPv6")
    }

    @Test func unixConnectionsKeepTheContract() async throws {
        let name = "switchboard-contract-\(UInt64.random(in: 0 ... .max))"
        try await checkConnections(to: .unix(UnixAddress(abstract: name)), "Unix listener")
    }

    @Test func socketPairsKeepTheContract() async throws {
        let loops = loops
        try await checkByteStream("Unix pair") { try StreamConnection.pair(loops: loops) }
    }

    @Test func socketPairsOnTheirLoopKeepTheContract() async throws {
        let loops = try EventLoopGroup(count: 1)
        try await checkByteStream("Unix pair on its loop", on: loops.next()) {
            try StreamConnection.pair(loops: loops)
        }
    }

    @Test func chunkedConnectionsKeepTheContract() async throws {
        let loops = loops
        try await checkByteStream("chunked Unix pair") {
            let (a, b) = try StreamConnection.pair(loops: loops)
            return (
                ChunkingStream(a, sending: .random(seed: 1, upTo: 100_000)),
                ChunkingStream(b, receiving: .random(seed: 2, upTo: 20_000))
            )
        }
    }

    private func checkConnections(
        to address: SocketAddress,
        _ label: String,
        _ group: EventLoopGroup? = nil,
        on executor: (any TaskExecutor)? = nil
    ) async throws {
        let loops = group ?? loops
        let listener = try StreamListener.listen(on: address, loops: loops)
        defer { listener.close() }
        try await checkByteStream(label, on: executor) {
            let client = try await StreamSocket.create(family(of: address), loops: loops)
                .connect(to: listener.localAddress)
            return (client, try await listener.accept())
        }
    }
}

private func family(of address: SocketAddress) -> AddressFamily {
    switch address {
    case .v4: .ipv4
    case .v6: .ipv6
    case .unix: .unix
    }
}

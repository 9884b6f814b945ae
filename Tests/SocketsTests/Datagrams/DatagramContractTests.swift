import Sockets
import SocketsTesting
import Testing

/// Every datagram transport of this library, through the suite that defines what one is.
@Suite("The datagram contract", .serialized)
struct DatagramContractTests {
    let loops: EventLoopGroup

    init() throws { loops = try EventLoopGroup(count: 2) }

    @Test func udpOverIPv4KeepsTheContract() async throws {
        try await checkUDP(.v4(.loopback, port: 0), sizeLimit: 65_507, loops)
    }

    @Test func udpOverIPv4OnItsLoopKeepsTheContract() async throws {
        let loops = try EventLoopGroup(count: 1)
        try await checkUDP(.v4(.loopback, port: 0), sizeLimit: 65_507, loops, on: loops.next())
    }

    @Test func udpOverIPv6KeepsTheContract() async throws {
        do throws(SocketError) {
            try DatagramSocket.bind(to: .v6(.loopback, port: 0)).close()
        } catch {
            return print("skipped: this machine has no IPv6: \(error)")
        }
        try await checkUDP(.v6(.loopback, port: 0), sizeLimit: 65_527, loops)
    }

    @Test func unconnectedUDPSocketsKeepTheContract() async throws {
        let loops = loops
        let promises = DatagramPromises(sizeLimit: 65_507)
        try await checkDatagramTransport("unconnected UDP", promising: promises) {
            try peerPair(.v4(.loopback, port: 0), .v4(.loopback, port: 0), loops)
        }
    }

    @Test func unixPairsKeepTheContract() async throws {
        let loops = loops
        try await checkDatagramTransport("Unix pair", promising: try unixPromises()) {
            try DatagramConnection.pair(loops: loops)
        }
    }

    @Test func unixPairsOnTheirLoopKeepTheContract() async throws {
        let loops = try EventLoopGroup(count: 1)
        try await checkDatagramTransport(
            "Unix pair on its loop",
            promising: try unixPromises(),
            on: loops.next()
        ) {
            try DatagramConnection.pair(loops: loops)
        }
    }

    @Test func abstractUnixNamesKeepTheContract() async throws {
        let loops = loops
        try await checkDatagramTransport("abstract Unix", promising: try unixPromises()) {
            try peerPair(.unix(.unnamed), .unix(.unnamed), loops)
        }
    }

    @Test func unixPathsKeepTheContract() async throws {
        let loops = loops
        try await withTemporaryFolder { folder in
            try await checkDatagramTransport("Unix path", promising: try unixPromises(), races: 64)
            {
                let number = UInt64.random(in: 0 ... .max)
                let paths = try ["a", "b"].map { end in
                    SocketAddress.unix(try UnixAddress(path: "\(folder)/\(number)\(end)"))
                }
                return try peerPair(paths[0], paths[1], loops)
            }
        }
    }

    private func checkUDP(
        _ address: SocketAddress,
        sizeLimit: Int,
        _ loops: EventLoopGroup,
        on executor: (any TaskExecutor)? = nil
    ) async throws {
        try await checkDatagramTransport(
            "UDP at \(address)",
            promising: .init(sizeLimit: sizeLimit),
            on: executor
        ) {
            try udpPair(address, loops)
        }
    }

    /// What unix(7) promises; a datagram is as large as half the send buffer.
    private func unixPromises() throws -> DatagramPromises {
        let (a, b) = try DatagramConnection.pair()
        defer {
            a.close()
            b.close()
        }
        // unix_dgram_sendmsg: 32 bytes of the buffer are the kernel's.
        let sizeLimit = try a.get(.sendBufferSize) - 32
        return DatagramPromises(sizeLimit: sizeLimit, keepsOrder: true, sendingWaits: true)
    }
}

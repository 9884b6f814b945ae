import Glibc
import Relays
import Sockets
import SocketsTesting
import Testing

/// What comes through a relay keeps every rule of a byte stream, whatever is done to it on the way
/// short of dropping it.
@Suite("The contract of relayed streams", .serialized)
struct RelayContractTests {
    /// Each is some dozens of connections, in small pieces.
    private static let races = min(defaultRaceCount, 12)

    /// The bytes of a piece: the environment's `SOCK_TEST_CHUNK`, or 61.
    ///
    /// Byte by byte is a system call a byte, and the suite's messages have four million: some minutes.
    private static let pieceSize =
        unsafe getenv("SOCK_TEST_CHUNK").flatMap { unsafe Int(String(cString: $0)) } ?? 61

    private func check(_ label: String, _ faults: RelayFaults, on endpoint: Endpoint) async throws {
        // A message of four million bytes is one step.
        let hangLimit = Duration.seconds(Self.pieceSize < 16 ? 600 : 60)
        let listener = try await StreamListener.listen(on: endpoint)
        defer { listener.close() }
        try await FaultyRelay.listen(to: Endpoint(listener.localAddress), faults) { relay in
            try await checkByteStream(label, races: Self.races, hangLimit: hangLimit) {
                let client = try await StreamConnection.connect(to: relay.endpoint)
                return (client, try await listener.accept())
            }
        }
    }

    @Test func withoutFaults() async throws {
        try await check("relayed TCP", .init(), on: "127.0.0.1:0")
    }

    @Test func inSmallPieces() async throws {
        try await check(
            "relayed TCP in pieces",
            .init(chunkSize: Self.pieceSize),
            on: "127.0.0.1:0"
        )
    }

    @Test func delayedAndInSmallPieces() async throws {
        let faults = RelayFaults(
            delay: .milliseconds(2),
            jitter: .milliseconds(2),
            chunkSize: Self.pieceSize
        )
        try await check("relayed TCP, delayed, in pieces", faults, on: "127.0.0.1:0")
    }

    @Test func overUnixSockets() async throws {
        let name = "switchboard-relay-\(UInt64.random(in: 0 ... .max))"
        let target = try Endpoint("unix:@\(name)")
        try await check("relayed from TCP to Unix", .init(delay: .milliseconds(1)), on: target)
    }
}

import Sockets

/// Both directions of one conversation as hex dumps.
final class HexDumps: Sendable {
    private let output: Output
    private let received: Lock<HexDump>
    private let sent: Lock<HexDump>

    init(_ output: Output, _ received: HexDump, _ sent: HexDump) {
        self.output = output
        self.received = Lock(received)
        self.sent = Lock(sent)
    }

    func show(received bytes: [UInt8]) async throws {
        try await output.write(received.withLock { $0.lines(bytes) })
    }

    func show(sent bytes: [UInt8]) async throws {
        try await output.write(sent.withLock { $0.lines(bytes) })
    }
}

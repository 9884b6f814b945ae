import Sockets
import Synchronization

/// What waits to be sent to one client: bounded, so that a client that does not read costs the
/// others nothing.
final class Outbox: Sendable {
    /// Bytes that may wait.
    ///
    /// Arbitrary: some seconds of a busy terminal on a slow line.
    static let sizeLimit = 1 << 20

    private let pieces: AsyncStream<[UInt8]>
    private let continuation: AsyncStream<[UInt8]>.Continuation
    private let size = Atomic<Int>(0)

    init() {
        (pieces, continuation) = AsyncStream<[UInt8]>.makeStream()
    }

    /// Queues a piece; false when it would be past the limit.
    func offer(_ bytes: [UInt8]) -> Bool {
        let waiting = size.add(bytes.count, ordering: .relaxed).newValue
        guard waiting <= Self.sizeLimit else {
            size.subtract(bytes.count, ordering: .relaxed)
            return false
        }
        continuation.yield(bytes)
        return true
    }

    /// Nothing more will be queued.
    func finish() { continuation.finish() }

    /// Sends what is queued, as it comes, until ``finish()``.
    func send(to wire: Wire<some ConversationLine>) async throws {
        for await piece in pieces {
            try await wire.send(piece)
            size.subtract(piece.count, ordering: .relaxed)
        }
    }
}

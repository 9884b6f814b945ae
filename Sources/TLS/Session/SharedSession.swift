internal import Sockets

/// A ``TLSSession`` that tasks share, and the steps of it that wait for a transport.
///
/// The lock is never held across a wait.
final class SharedSession: Sendable {
    let lock: Lock<TLSSession>

    init(_ connection: sending TLSConnection) { lock = Lock(TLSSession(connection)) }

    /// Receives records, or the transport's end.
    ///
    /// By whoever receives.
    func receiveRecords<Transport: ByteStream>(
        from transport: Transport
    ) async throws(SocketError) {
        var records = ByteBuffer(limit: CiphertextPipe.receiveLimit)
        // An idle connection keeps no memory here: a transport that waits gives it back.
        _ = try await transport.receive(into: &records)
        lock.withLock { $0.take(&records) }
    }

    /// Sends what was produced until nothing is left, and leaves the writer's seat.
    ///
    /// What the transport did not take is kept for the next writer.
    func sendRecords<Transport: ByteStream>(
        over transport: Transport
    ) async throws(SocketError) {
        var records = ByteBuffer(limit: CiphertextPipe.sendLimit)
        while lock.withLock({ $0.takeCiphertext(&records) }) {
            do throws(SocketError) {
                try await transport.send(records.bytes)
            } catch {
                records.consume(min(error.transferredCount, records.count))
                lock.withLock { $0.putBack(&records) }
                throw error
            }
            records.clear()
        }
    }

    /// Refuses everything from now on, says good-bye if that can be done without holding anybody up,
    /// and closes the transport.
    func close<Transport: ByteStream>(_ transport: Transport) {
        var records = ByteBuffer(limit: CiphertextPipe.sendLimit)
        switch lock.withLock({ $0.close(&records) }) {
        case .closedBefore: return
        case .silent: transport.close()
        case .records(let isAlone):
            let bytes = records.array()
            // Immediate: as a rule everything is done when this returns.
            Task.immediateDetached {
                let deadline = isAlone ? Deadline.after(Self.farewellLimit) : .now
                try? await withDeadline(deadline) { () async throws(SocketError) in
                    try await transport.send(bytes)
                }
                transport.close()
            }
        }
    }

    /// How long a close waits for room for close_notify, when it holds nobody up.
    ///
    /// Arbitrary: a peer that is slower than that learns of a cut.
    private static let farewellLimit = Duration.seconds(1)
}

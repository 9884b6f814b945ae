internal import Logging
internal import SessionProtocol
public import Sockets

extension SessionServer {
    /// Carries one connection to its end: reads which session it means, begins or resumes that, and
    /// closes the stream.
    ///
    /// Any task; cancelling ends the connection, not the session. While ``serve(_:)`` does not run,
    /// clients are told to try later.
    ///
    /// - Parameters:
    ///   - stream: Of which nothing was read, not even the hello.
    ///   - peer: Where it comes from, for the hook.
    public func attach(_ stream: some ByteStream, peer: SocketAddress? = nil) async {
        await welcome(stream, peer ?? stream.lowestConnection?.peerAddress)
        stream.close()
    }

    private func welcome(_ stream: any ByteStream, _ peer: SocketAddress?) async {
        let greeting = await Deadline.leftBehind {
            await withDeadline(.after(configuration.attachTimeLimit)) {
                await greet(stream, peer)
            }
        }
        switch greeting {
        case .nobody:
            table.withLock { $0.counts.strangerCount += 1 }
        case .violation(let violation):
            table.withLock { $0.counts.strangerCount += 1 }
            await dismiss(stream, AttachReader.faultBytes(violation))
        case .refused(let refusal):
            table.withLock { $0.counts.refusedCount += 1 }
            await dismiss(stream, refusal.bytes)
        case .attached(let session, let connection):
            await Deadline.leftBehind { await session.carry(over: connection) }
            session.endIfDrained()
        }
    }

    private enum Greeting {
        case attached(Session, SessionConnection)
        case refused(Refusal)
        case violation(Violation)
        /// The stream ended, or nothing came in time.
        case nobody
    }

    private func greet(_ stream: any ByteStream, _ peer: SocketAddress?) async -> Greeting {
        let request: AttachRequest
        do {
            request = try await read(from: stream)
        } catch let violation as Violation {
            return .violation(violation)
        } catch {
            return .nobody
        }
        do throws(Refusal) {
            try checkRoom(for: request)
            let isKnown = table.withLock { $0.entries[request.ticket.session] != nil }
            let admission = try await configuration.authenticate(
                SessionRequest(
                    session: request.ticket.session,
                    credentials: request.credentials,
                    peerAddress: peer,
                    isResuming: isKnown
                )
            )
            let connection = SessionConnection(stream)
            let session = try admit(request, admission, connection, peer)
            return .attached(session, connection)
        } catch {
            return .refused(error)
        }
    }

    private func read(from stream: any ByteStream) async throws -> AttachRequest {
        var reader = AttachReader()
        var buffer = ByteBuffer(limit: 8_192)
        while try await stream.receive(into: &buffer) > 0 {
            if let request = try reader.receive(buffer.bytes) { return request }
            buffer.clear()
        }
        throw SocketError(.unexpectedEnd, in: .receive)
    }

    /// Says something last, and lets the client see it: closing at once could throw it away.
    private func dismiss(_ stream: any ByteStream, _ bytes: [UInt8]) async {
        try? await withDeadline(.after(configuration.closeTimeLimit)) {
            () async throws(SocketError) in
            try await stream.send(bytes)
            try await stream.finish()
            var buffer = ByteBuffer(limit: 8_192)
            while try await stream.receive(into: &buffer) > 0 { buffer.clear() }
        }
    }
}

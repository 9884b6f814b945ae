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
        let peer = peer ?? stream.lowestConnection?.peerAddress
        let greeting = await Deadline.leftBehind {
            await withDeadline(.after(configuration.attachTimeLimit)) {
                await greet(stream, peer)
            }
        }
        if let lastWord = note(greeting) { await dismiss(stream, lastWord) }
        if case .attached(let session, let connection) = greeting {
            await Deadline.leftBehind { await session.carry(over: connection) }
            session.endIfDrained()
        }
        stream.close()
    }

    /// What has become of a connection.
    enum Greeting {
        case attached(Session, SessionConnection)
        case refused(Refusal)
        case violation(Violation)
        /// The stream ended, or nothing came in time.
        case nobody
    }

    private func greet(_ stream: any ByteStream, _ peer: SocketAddress?) async -> Greeting {
        do {
            return await decide(try await read(from: stream), stream, peer)
        } catch let violation as Violation {
            return .violation(violation)
        } catch {
            return .nobody
        }
    }

    private func read(from stream: any ByteStream) async throws -> AttachRequest {
        var reader = AttachReader()
        var buffer = ByteBuffer()
        while try await stream.receive(into: &buffer) > 0 {
            if let request = try reader.receive(buffer.bytes) { return request }
            buffer.clear()
        }
        throw SocketError(.unexpectedEnd, in: .receive)
    }

    /// Asks the hook, and begins or resumes the session.
    func decide(
        _ request: AttachRequest,
        _ stream: any ByteStream,
        _ peer: SocketAddress?
    ) async -> Greeting {
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

    /// Counts it; gives the last word for a client that is sent away.
    func note(_ greeting: Greeting) -> [UInt8]? {
        table.withLock { table in
            switch greeting {
            case .nobody:
                table.counts.strangerCount += 1
                return nil
            case .violation(let violation):
                table.counts.strangerCount += 1
                return AttachReader.faultBytes(violation)
            case .refused(let refusal):
                table.counts.refusedCount += 1
                return refusal.bytes
            case .attached:
                return nil
            }
        }
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

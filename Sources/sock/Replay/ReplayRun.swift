import Sockets

/// All conversations of a replay.
struct ReplayRun: Sendable {
    let file: RecordingFile
    let conversations: [RecordedConversation]
    let playing: RecordingEvent.Way
    let plan: ReplayPlan
    let report: @Sendable (ReplayResult) -> Void

    /// Connects when the recorded connections were opened.
    ///
    /// Never more at once than then: without pauses, the next waits for one to end.
    func connect(by dialer: Dialer) async throws {
        // One recorded alone has no pause before it.
        let first = conversations.first?.openedNanoseconds ?? 0
        let start = ContinuousClock.now
        let loops = EventLoopGroup.shared
        let loop = loops.next()
        try await playAll(atOnce: file.openPeak) { conversation in
            let moment = plan.speed.scaled(conversation.openedNanoseconds - first)
            let wait = moment - start.nanosecondsSince
            if wait > 0 { try await loop.sleep(until: .after(.nanoseconds(wait))) }
            return { try await dialer.line(on: loops) }
        }
    }

    /// Plays each conversation to who comes next.
    func listen(
        on endpoint: Endpoint,
        _ server: TLSServer?,
        _ announcer: Announcer
    ) async throws {
        if endpoint.isDatagram { return try await listenForDatagrams(on: endpoint, announcer) }
        let listener = try await StreamListener.listen(on: endpoint.transport)
        defer { listener.close() }
        let here = Endpoint(listener.localAddress, speaking: endpoint.scheme)
        announcer.tell(.listening(here))
        server?.begin(on: here, announcer)
        try await playAll(atOnce: .max) { _ in
            let connection = try await listener.accept()
            guard let server else { return { connection } }
            return { SecureLine(try await server.accept(connection)) }
        }
    }

    private func listenForDatagrams(on endpoint: Endpoint, _ announcer: Announcer) async throws {
        let socket = try await DatagramSocket.roomy(on: endpoint)
        defer { socket.close() }
        announcer.tell(.listening(Endpoint(socket.localAddress, isDatagram: true)))
        let hub = DatagramHub(socket, .init(memory: nil), announcer)
        try await hub.run { newcomers in
            try await playAll(atOnce: .max) { _ in
                var next = newcomers.makeAsyncIterator()
                guard let line = await next.next() else { throw CancellationError() }
                return { line }
            }
        }
    }

    /// - Parameters:
    ///   - limit: Conversations at once.
    ///   - next: Waits until a conversation may begin, and says how it gets its connection.
    /// - Throws: The first failure, once all have ended; what `next` throws at once.
    private func playAll(
        atOnce limit: Int,
        _ next: (RecordedConversation) async throws -> (
            @Sendable () async throws -> any ConversationLine
        )
    ) async throws {
        var failure: Failure?
        try await withThrowingTaskGroup(of: ReplayResult.self) { group in
            func take(_ result: ReplayResult) {
                report(result)
                failure = failure ?? result.failure
            }
            var running = 0
            for conversation in conversations {
                if running == limit, let result = try await group.next() {
                    take(result)
                    running -= 1
                }
                let connect = try await next(conversation)
                group.addTask { await play(conversation, connect) }
                running += 1
            }
            while let result = try await group.next() { take(result) }
        }
        try Task.checkCancellation()
        // Said in its line already.
        if let failure { throw Failure(failure.status) }
    }

    private func play(
        _ conversation: RecordedConversation,
        _ connect: @Sendable () async throws -> any ConversationLine
    ) async -> ReplayResult {
        let start = ContinuousClock.now
        var line: (any ConversationLine)?
        defer { line?.close() }
        func result(_ error: (any Error)?) -> ReplayResult {
            ReplayResult(
                of: conversation.number,
                line?.traffic,
                nanoseconds: start.nanosecondsSince,
                isChecked: plan.isChecked,
                error
            )
        }
        do {
            let opened = try await connect()
            line = opened
            try await Player(
                line: opened,
                file: file,
                conversation: conversation,
                playing: playing,
                plan: plan
            ).run()
            return result(nil)
        } catch {
            return result(error)
        }
    }
}

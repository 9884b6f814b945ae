import Sockets

/// Plays one side of a recorded conversation to a live peer.
///
/// Every piece goes at its recorded time, scaled, and not before the one before it has gone. The
/// conversation is over when everything was played and the peer has ended too; where the recorded
/// peer never did, when as many bytes have come as did then, or as many datagrams.
struct Player: Sendable {
    let line: any ConversationLine
    let file: RecordingFile
    let conversation: RecordedConversation
    /// What is played: what the recording side received, or what it sent.
    let playing: RecordingEvent.Way
    let plan: ReplayPlan

    private enum Ending {
        case sent
        case received
    }

    /// - Throws: ``AnswerCheck/Difference`` as soon as one is seen.
    func run() async throws {
        let progress = AnswerProgress()
        let peerEnds =
            line.hasEnd
            && (conversation.hasEnded(playing.opposite) || conversation.reset != nil)
        try await withThrowingTaskGroup(of: Ending.self) { group in
            group.addTask(executorPreference: line.loop) {
                try await play(progress)
                if !peerEnds { await progress.wait(for: answerCount) }
                return .sent
            }
            group.addTask(executorPreference: line.loop) {
                try await receive(progress)
                return .received
            }
            group.addTask(executorPreference: line.loop) { () async throws -> Ending in
                try await line.failWhenIdle(for: plan.idle)
            }
            defer { group.cancelAll() }
            var left: Set<Ending> = [.sent, .received]
            while !left.isEmpty, let ending = try await group.next() {
                left.remove(ending)
                // The recorded peer never ended, so this one need not; if it has, what was wrong
                // with its answer is about to be said.
                if ending == .sent, !peerEnds, !progress.hasEnded { left = [] }
            }
            try Task.checkCancellation()
        }
    }

    /// Plays our side to its end.
    private func play(_ progress: AnswerProgress) async throws {
        let start = ContinuousClock.now
        var answered = 0
        var events = file.events(of: conversation)
        while let event = try events.next() {
            let isOurs: Bool
            switch event.kind {
            case .opened: continue
            case .bytes(playing, _), .end(playing), .reset(playing), .closed: isOurs = true
            case .bytes(_, let bytes):
                answered += units(bytes)
                isOurs = false
            case .end, .reset: isOurs = false
            }
            guard isOurs else { continue }
            let moment = plan.speed.scaled(event.nanoseconds - conversation.openedNanoseconds)
            let wait = moment - start.nanosecondsSince
            if wait > 0 { try await line.loop.sleep(until: .after(.nanoseconds(wait))) }
            if plan.isInTurn { await progress.wait(for: answered) }
            try Task.checkCancellation()
            switch event.kind {
            case .bytes(_, let bytes): try await send(bytes)
            case .end: try await line.finish()
            case .reset: return line.reset()
            case .opened, .closed: break
            }
        }
    }

    private func send(_ bytes: [UInt8]) async throws {
        do throws(SocketError) {
            try await line.sendPiece(bytes)
        } catch {
            // It did so then, too.
            if isReset(error), conversation.reset == playing.opposite { return }
            throw error
        }
    }

    private func receive(_ progress: AnswerProgress) async throws {
        // Not only at the end: who waits for bytes that will not come goes on.
        defer { progress.end() }
        var check =
            plan.isChecked
            ? AnswerCheck(file, conversation, playing.opposite, isDatagram: isDatagram) : nil
        do {
            while let bytes = try await line.receivePiece() {
                try check?.take(bytes)
                progress.add(units(bytes))
            }
        } catch let error as SocketError {
            // We have reset it, as was recorded: what was on the way is nobody's fault.
            if error.code == .closed, conversation.reset == playing { return }
            guard isReset(error), conversation.reset == playing.opposite else { throw error }
        }
        try check?.finish()
    }

    private var isDatagram: Bool { line.isDatagram }

    /// What progress counts: datagrams, or the bytes of a stream.
    private func units(_ piece: [UInt8]) -> Int { isDatagram ? 1 : piece.count }

    private var answerCount: Int {
        isDatagram
            ? conversation.count(playing.opposite) : conversation.size(playing.opposite)
    }

    private func isReset(_ error: SocketError) -> Bool {
        error.code == .reset || error.code == .brokenPipe
    }
}

/// What was asked of a replay.
struct ReplayPlan: Sendable {
    let speed: ReplaySpeed
    let isChecked: Bool
    /// Nothing goes before as much has come as had in the recording.
    let isInTurn: Bool
    let idle: Duration?
}

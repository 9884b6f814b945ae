import Sockets

/// One line to a peer, with what the options ask to be done to its bytes on the way: shown, paced,
/// recorded.
///
/// The one way to a peer for every command that moves bytes. Where nothing is asked for
/// (``isPlain``), a command may splice past it.
struct Wire<Line: ConversationLine>: Sendable {
    let line: Line
    let dumps: HexDumps?
    let pacer: Pacer?
    let recording: ConversationRecording?

    /// Whether nobody here needs to see the bytes.
    var isPlain: Bool { dumps == nil && pacer == nil && recording == nil }

    /// The stream itself, where nobody here needs to see its bytes.
    var plainStream: StreamConnection? { isPlain ? line as? StreamConnection : nil }

    var loop: EventLoop { line.loop }

    /// Receives a piece; nil at the end.
    func receive() async throws -> [UInt8]? {
        await recording?.room()
        let piece: [UInt8]?
        do throws(SocketError) {
            piece = try await line.receivePiece()
        } catch {
            noteReset(error)
            throw error
        }
        guard let piece else {
            if line.hasEnd { recording?.ended(.received) }
            return nil
        }
        recording?.received(piece)
        try await dumps?.show(received: piece)
        return piece
    }

    /// Sends all bytes, in the pieces the line wants; what is no piece yet goes with what follows.
    func send(_ bytes: [UInt8]) async throws {
        for piece in try line.pieces(of: bytes) { try await sendPaced(piece) }
    }

    /// Sends at the rate that was asked for; what is one datagram goes as one.
    private func sendPaced(_ bytes: [UInt8]) async throws {
        guard let pacer else { return try await sendPiece(bytes) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(try await pacer.next(rest.count, on: loop))
            if !line.isDatagram { try await sendPiece(Array(piece)) }
            rest = rest.dropFirst(piece.count)
        }
        // When all of it may go.
        if line.isDatagram { try await sendPiece(bytes) }
    }

    /// The half-close.
    func finish() async throws {
        for piece in try line.lastPieces() { try await sendPaced(piece) }
        do throws(SocketError) {
            try await line.finish()
        } catch {
            noteReset(error)
            throw error
        }
        if line.hasEnd { recording?.ended(.sent) }
    }

    /// Runs `body`, and ends it when nothing has moved for too long.
    func watched(idle: Duration?, _ body: @escaping @Sendable () async throws -> Void) async throws
    {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: loop) { try await body() }
            group.addTask(executorPreference: loop) {
                try await line.failWhenIdle(for: idle)
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Throws away what is on the way, and tells the peer so.
    func reset() {
        line.reset()
        if line.hasEnd { recording?.reset(.sent) }
    }

    private func sendPiece(_ piece: [UInt8]) async throws {
        await recording?.room()
        // Before it goes: the answer is shown after it.
        try await dumps?.show(sent: piece)
        recording?.willSend(piece)
        do throws(SocketError) {
            try await line.sendPiece(piece)
            recording?.didSend()
        } catch {
            recording?.didSend()
            noteReset(error)
            throw error
        }
    }

    private func noteReset(_ error: SocketError) {
        if error.code == .reset { recording?.reset(.received) }
    }
}

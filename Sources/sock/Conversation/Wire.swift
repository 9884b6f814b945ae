import Sockets

/// One connection, with what the options ask to be done to its bytes on the way: shown, paced,
/// recorded.
///
/// The one way to a peer for every command that moves bytes. Where nothing is asked for
/// (``isPlain``), a command may splice past it.
struct Wire: Sendable {
    let connection: StreamConnection
    let dumps: HexDumps?
    let pacer: Pacer?
    let recording: ConversationRecording?

    /// Whether nobody here needs to see the bytes.
    var isPlain: Bool { dumps == nil && pacer == nil && recording == nil }

    var loop: EventLoop { connection.loop }

    /// Receives at least one byte by way of a buffer, which is empty before and after; nothing at
    /// the end.
    func receive(using buffer: inout ByteBuffer) async throws -> [UInt8] {
        await recording?.room()
        let count: Int
        do throws(SocketError) {
            count = try await connection.receive(into: &buffer)
        } catch {
            noteReset(error)
            throw error
        }
        guard count > 0 else {
            recording?.ended(.received)
            return []
        }
        let bytes = buffer.array()
        buffer.clear()
        recording?.received(bytes)
        try await dumps?.show(received: bytes)
        return bytes
    }

    /// Sends all bytes, at the rate that was asked for.
    func send(_ bytes: [UInt8]) async throws {
        guard let pacer else { return try await sendPiece(bytes) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(try await pacer.next(rest.count, on: loop))
            try await sendPiece(Array(piece))
            rest = rest.dropFirst(piece.count)
        }
    }

    /// The half-close.
    func finish() async throws {
        do throws(SocketError) {
            try await connection.finish()
        } catch {
            noteReset(error)
            throw error
        }
        recording?.ended(.sent)
    }

    /// Throws away what is on the way, and tells the peer so.
    func reset() {
        connection.reset()
        recording?.reset(.sent)
    }

    private func sendPiece(_ piece: [UInt8]) async throws {
        await recording?.room()
        // Before it goes: the answer is shown after it.
        try await dumps?.show(sent: piece)
        recording?.willSend(piece)
        do throws(SocketError) {
            try await connection.send(piece)
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

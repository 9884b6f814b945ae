internal import Glibc
internal import Sockets

/// The chat on a terminal: a line that is edited at the bottom, and messages that come above it.
actor TerminalFace {
    private let connection: StreamConnection
    private let outbound: Outbound
    private var entrance: Entrance
    private var editor = LineEditor(columnCount: Terminal.columnCount)
    private let isColoured = Terminal.wantsColour

    init(_ connection: StreamConnection, _ entrance: Entrance) {
        self.connection = connection
        self.entrance = entrance
        outbound = Outbound(connection)
    }

    /// Returns when the chat is over as it should be; the terminal is then as it was.
    func run() async throws {
        guard
            Terminal.beginRawMode(entering: LineEditor.entering, leaving: LineEditor.leaving)
        else { throw ChatClientError.outputClosed }
        defer { Terminal.endRawMode() }
        try draw(editor.start())
        defer { _ = Terminal.write(editor.stop()) }
        let typing = Task { try await readKeys() }
        defer { typing.cancel() }
        do {
            try await readServer()
        } catch let error as SocketError where error.code == .closed {
            throw ChatClientError.serverSilent
        } catch {
            await tellNotSent()
            throw error
        }
        guard await outbound.farewell.isSaid else {
            await tellNotSent()
            throw ChatClientError.serverClosed
        }
    }

    /// The server has gone: what was said to nobody, and the line that was being typed.
    private func tellNotSent() async {
        let lines = await outbound.notSent + [editor.line].filter { !$0.isEmpty }
        for line in lines {
            try? draw(editor.print(ServerLine(Array("* not sent: \(line)".utf8)).text))
        }
    }

    /// Prints what comes, until nothing more does.
    private func readServer() async throws {
        let reader = ByteReader(connection)
        while let bytes = try await reader.lineBytes(limit: ChatClient.lineLimit) {
            let line = ServerLine(bytes)
            editor.columnCount = Terminal.columnCount
            try draw(editor.print(isColoured ? line.coloured : line.text))
            // A connection on which this fails has its last words to say all the same.
            try? await outbound.send(entrance.see(line.text))
        }
    }

    /// Edits and sends lines, until the person leaves; the server answers the goodbye by closing.
    ///
    /// A connection that fails here fails for the one who reads it too.
    private func readKeys() async throws {
        let input = StandardInput(isTerminal: true)
        reading: while let chunk = await input.next() {
            editor.columnCount = Terminal.columnCount
            if chunk.isEmpty { try draw(editor.show()) }
            for byte in chunk {
                guard try await take(byte) else { break reading }
            }
        }
        try Task.checkCancellation()
        try await outbound.leave()
        try await connection.loop.sleep(until: .after(ChatClient.farewellTimeLimit))
        connection.close()
    }

    /// False when the person leaves.
    private func take(_ byte: UInt8) async throws -> Bool {
        let (drawing, outcome) = editor.feed(byte)
        try draw(drawing)
        switch outcome {
        case nil: break
        case .line(let text): try await outbound.send("\(text)\n")
        case .interrupt, .end: return false
        // Back when the process goes on, which the input tells by an empty chunk; or at once, where
        // the signal is ignored.
        case .suspend: Terminal.send(SIGTSTP)
        case .quit: Terminal.send(SIGQUIT)
        }
        return true
    }

    private func draw(_ bytes: [UInt8]) throws {
        guard Terminal.write(bytes) else { throw ChatClientError.outputClosed }
    }
}

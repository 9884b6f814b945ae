internal import Sockets

/// The chat between two pipes: what comes is printed, what is typed is sent, line by line.
struct PlainFace {
    private let connection: StreamConnection
    private let nick: String?
    private let outbound: Outbound
    private let reader: ByteReader<StreamConnection>
    private var entrance: Entrance

    init(_ connection: StreamConnection, _ entrance: Entrance, nick: String?) {
        self.connection = connection
        self.entrance = entrance
        self.nick = nick
        outbound = Outbound(connection)
        reader = ByteReader(connection)
    }

    /// Returns when the chat is over as it should be.
    mutating func run() async throws {
        try await outbound.send(entrance.opening)
        // With a name given beforehand the input waits until it was taken, or its lines would be
        // taken for names.
        while nick != nil, entrance.state == .waiting { try await printLine() }
        if entrance.state == .refused, let nick { throw ChatClientError.nameRefused(nick) }
        let copying = Task { [outbound, connection] in await Self.copyInput(outbound, connection) }
        defer { copying.cancel() }
        do {
            while true { try await printLine() }
        } catch ChatClientError.serverClosed {
            guard await outbound.farewell.isSaid else { throw ChatClientError.serverClosed }
        } catch let error as SocketError where error.code == .closed {
            throw ChatClientError.serverSilent
        }
    }

    private mutating func printLine() async throws {
        guard let bytes = try await reader.lineBytes(limit: ChatClient.lineLimit) else {
            throw ChatClientError.serverClosed
        }
        let line = ServerLine(bytes).text
        guard Terminal.write(Array("\(line)\n".utf8)) else { throw ChatClientError.outputClosed }
        try await outbound.send(entrance.see(line))
    }

    /// Sends the input, then the goodbye.
    ///
    /// A connection that fails here fails for the reader too, which may still have the server's
    /// last words to print.
    private static func copyInput(_ outbound: Outbound, _ connection: StreamConnection) async {
        do {
            let hasEnded = try await StandardInput().eachChunk { chunk in
                try await outbound.send(chunk)
                return true
            }
            guard hasEnded else { return }
            try await outbound.leave()
            try await connection.loop.sleep(until: .after(ChatClient.farewellTimeLimit))
            connection.close()
        } catch {}
    }
}

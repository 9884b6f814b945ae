internal import Sockets

/// The chat between two pipes: what comes is printed, what is typed is sent, line by line.
struct PlainFace {
    private let connection: StreamConnection
    private let nick: String?
    private let outbound: Outbound
    private let reader: ByteReader<StreamConnection>
    private var entrance: Entrance
    private var input = InputLines()

    init(_ connection: StreamConnection, _ entrance: Entrance, nick: String?) {
        self.connection = connection
        self.entrance = entrance
        self.nick = nick
        outbound = Outbound(connection)
        reader = ByteReader(connection)
    }

    /// Returns when the chat is over as it should be.
    mutating func run() async throws {
        do {
            if entrance.isPrepared { try await enter() }
            let copying = Task { [input, outbound, connection] in
                await Self.copy(input, to: outbound, of: connection)
            }
            defer { copying.cancel() }
            while true { try await printLine() }
        } catch ChatClientError.serverClosed {
            guard await outbound.farewell.isSaid else {
                await tellNotSent()
                throw ChatClientError.serverClosed
            }
        } catch let error as SocketError where error.code == .closed {
            throw ChatClientError.serverSilent
        } catch let error as SocketError {
            await tellNotSent()
            throw error
        }
    }

    private func tellNotSent() async {
        for line in await outbound.notSent {
            _ = Terminal.write(Array("* not sent: \(line)\n".utf8))
        }
    }

    /// Goes in by turns: what the input has to say is for the room, and is not to be taken for a
    /// name or said in another one.
    private mutating func enter() async throws {
        while entrance.state != .admitted {
            try await printLine()
            switch entrance.state {
            case .waiting, .admitted: break
            case .refused: throw ChatClientError.nameRefused(nick ?? "")
            case .asked:
                guard let line = await input.line() else { return }
                entrance.answer()
                try await outbound.send(line.last == UInt8(ascii: "\n") ? line : line + [0x0A])
            }
        }
    }

    private mutating func printLine() async throws {
        guard let bytes = try await reader.lineBytes(limit: ChatClient.lineLimit) else {
            throw ChatClientError.serverClosed
        }
        let line = ServerLine(bytes).text
        guard Terminal.write(Array("\(line)\n".utf8)) else { throw ChatClientError.outputClosed }
        let answer = entrance.see(line)
        if !answer.isEmpty { try await outbound.send(answer) }
    }

    /// Sends the input, then the goodbye.
    ///
    /// A connection that fails here fails for the reader too, which may still have the server's
    /// last words to print.
    private static func copy(
        _ input: InputLines,
        to outbound: Outbound,
        of connection: StreamConnection
    ) async {
        var input = input
        do {
            while let chunk = await input.next() { try await outbound.send(chunk) }
            try Task.checkCancellation()
            try await outbound.leave()
            try await connection.loop.sleep(until: .after(ChatClient.farewellTimeLimit))
            connection.close()
        } catch {}
    }
}

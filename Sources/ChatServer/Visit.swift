internal import ChatCore
internal import Logging
internal import Sockets

/// One connection, from the greeting to the hang-up: the reader, which is the connection's handler.
struct Visit {
    private let connection: StreamConnection
    private let hall: Hall
    private let configuration: ChatServer.Configuration

    /// Lines handled before the others of the loop get a turn.
    ///
    /// Arbitrary: a flood of empty lines costs no system call that would wait by itself.
    private static let linesPerTurnLimit = 64

    init(
        _ connection: StreamConnection,
        _ hall: Hall,
        _ configuration: ChatServer.Configuration
    ) {
        self.connection = connection
        self.hall = hall
        self.configuration = configuration
    }

    /// Returns when the connection may be closed: all that was to be sent is, or never will be.
    func run() async {
        guard let member = hall.enter(connection) else { return }
        log("came", member)
        do throws(SocketError) {
            try await read(member)
        } catch {
            hall.lose(member)
        }
        await member.writerHasEnded()
        hall.remove(member)
        log("went", member)
    }

    /// Reads until the peer has sent everything it had to say.
    private func read(_ member: Member) async throws(SocketError) {
        let reader = ByteReader(connection)
        let limit = configuration.chat.lineSizeLimit
        var count = 0
        do throws(SocketError) {
            while let line = try await reader.lineBytes(limit: limit) {
                hall.receive(line, from: member)
                count += 1
                if count.isMultiple(of: Self.linesPerTurnLimit) { await Task.yield() }
            }
            hall.receiveEnd(from: member)
        } catch  where error.code == .limitExceeded {
            hall.receive(.tooLong(limit: limit), from: member)
            try await skip(reader)
        }
    }

    /// Reads on without listening.
    ///
    /// To close with bytes unread would reset the connection (RFC 9293 §3.10.4), and the peer might
    /// never see why it was closed. The hall bounds the time.
    private func skip(_ reader: ByteReader<StreamConnection>) async throws(SocketError) {
        while try await !reader.next().isEmpty { await Task.yield() }
    }

    private func log(_ what: String, _ member: Member) {
        configuration.logger.debug(
            "a connection \(what)",
            metadata: ["id": "\(member.id)", "peer": "\(connection.peerAddress)"]
        )
    }
}

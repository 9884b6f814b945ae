internal import ChatCore
public import Sockets

/// One person in a chat: a terminal or a pipe on this side, the text face of a server on the other.
///
/// ```swift
/// try await ChatClient(.init(server: "localhost:12345", nick: "ada")).run()
/// ```
public struct ChatClient: Sendable {
    /// Whom to call, and as whom.
    public struct Configuration: Sendable {
        /// The server's text face.
        public var server: Endpoint
        /// The name to give; nil to let the person type it.
        public var nick: String?
        /// A room to enter besides the lobby.
        public var room: String?
        /// Further attempts when the server cannot be reached, after pauses that double, with full
        /// jitter.
        public var retryLimit: Int
        /// How long one attempt to connect may take.
        public var connectTimeLimit: Duration

        /// A configuration.
        public init(
            server: Endpoint = "127.0.0.1:12345", nick: String? = nil, room: String? = nil,
            retryLimit: Int = 0, connectTimeLimit: Duration = .seconds(10)
        ) {
            self.server = server
            self.nick = nick
            self.room = room
            self.retryLimit = retryLimit
            self.connectTimeLimit = connectTimeLimit
        }
    }

    /// The longest line that is taken from a server, in bytes: four times what ours may send.
    static let lineLimit = 4 * TextFace.renderedLineSizeLimit

    /// How long a server may be silent after the goodbye. Arbitrary.
    static let farewellTimeLimit = Duration.seconds(10)

    private let configuration: Configuration

    /// A client, which does nothing before ``run(whenRetrying:)``.
    public init(_ configuration: Configuration) { self.configuration = configuration }

    /// Chats on the standard input and output until one side leaves: with a line editor where both
    /// are a terminal, otherwise line by line.
    ///
    /// The end of the input says `bye` and waits for the server's last words. Cancelling the task
    /// leaves too, without waiting; a terminal is left as it was found on every way out.
    ///
    /// - Parameter whenRetrying: Told of an attempt that failed, of the pause before the next, and
    ///   which of the further attempts that is.
    /// - Throws: `SocketError` when the connection fails, ``ChatClientError`` when the chat does.
    public func run(
        whenRetrying: @Sendable (SocketError, Duration, Int) -> Void = { _, _, _ in }
    ) async throws {
        let connection = try await connect(whenRetrying)
        defer { connection.close() }
        let entrance = Entrance(nick: configuration.nick, room: configuration.room)
        if Terminal.isInteractive {
            try await TerminalFace(connection, entrance).run()
        } else {
            var face = PlainFace(connection, entrance, nick: configuration.nick)
            try await face.run()
        }
    }

    private func connect(
        _ whenRetrying: @Sendable (SocketError, Duration, Int) -> Void
    ) async throws(SocketError) -> StreamConnection {
        var delays = RetryDelays()
        var generator = SystemRandomNumberGenerator()
        var attempts = 0
        while true {
            do throws(SocketError) {
                return try await withDeadline(
                    .after(configuration.connectTimeLimit)
                ) { () async throws(SocketError) in
                    try await StreamConnection.connect(to: configuration.server)
                }
            } catch {
                attempts += 1
                guard attempts <= configuration.retryLimit, error.code.side != .local else {
                    throw error
                }
                let pause = delays.next(using: &generator)
                whenRetrying(error, pause, attempts)
                try await EventLoopGroup.shared.next().sleep(until: .after(pause))
            }
        }
    }
}

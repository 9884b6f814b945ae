public import Logging
public import SessionProtocol
public import Sockets

/// How a client's sessions behave.
public struct SessionClientConfiguration: Sendable {
    /// What a client does when no server takes it the first time.
    public enum FirstAttach: Hashable, Sendable {
        /// Tries each endpoint once, then fails.
        case once
        /// Goes on trying, until the task's deadline or its cancellation: for programs that are started
        /// before their server.
        case persistent
    }

    /// What this end holds for the server, and what it may have unacknowledged.
    ///
    /// The times in it are the server's choice.
    public var settings = SessionSettings()

    /// Who the client is: at most 4,096 bytes that the server's application understands.
    ///
    /// Asked at each attachment, so that what expires can be renewed; an error of it counts as a failed
    /// attempt.
    public var credentials: @Sendable () async throws -> [UInt8] = { [] }

    /// What is done when no server takes it the first time.
    public var firstAttach = FirstAttach.once

    /// Whether a session that the server does not know any more is followed by a new one, for which
    /// `body` is called again.
    ///
    /// The new one is attached as ``FirstAttach/persistent``.
    public var renews = false

    /// How long connecting may take, at one endpoint.
    ///
    /// 10 s: a connection that takes longer is no better later.
    public var connectTimeLimit = Duration.seconds(10)

    /// How long the server may take to answer the farewell.
    public var closeTimeLimit = Duration.seconds(5)

    /// Where the ledger is written when a session is over; nil: nowhere.
    public var ledger: LedgerDestination?

    /// The loops that look after sessions and connections.
    public var loops = EventLoopGroup.shared

    /// Where it logs.
    ///
    /// Quiet unless one is given.
    public var logger = Logger(label: "sessions") { _ in SwiftLogNoOpLogHandler() }

    /// The defaults.
    public init() {}
}

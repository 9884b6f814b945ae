public import Logging
public import SessionProtocol
public import Sockets

/// How a server behaves, and what bounds it.
public struct SessionServerConfiguration: Sendable {
    /// What this end holds for a client, what it may have unacknowledged, and the times of its sessions:
    /// heartbeat, silence, how long a session without connection is kept.
    public var settings = SessionSettings()

    /// Sessions there may be, attached or not; further clients are told `overloaded`.
    ///
    /// Arbitrary. A session that is idle takes a few KiB; what its client can make it hold is bounded by
    /// `settings.limits`.
    public var sessionLimit = 100_000

    /// How many sessions the server can take up again in a second, after it was restarted.
    ///
    /// Clients are told to spread over *sessions ÷ accept rate*. 2,000: with a TLS handshake each, what
    /// one core does.
    public var acceptRate = 2_000

    /// How long a new connection may take to say which session it means, and the hook to decide.
    public var attachTimeLimit = Duration.seconds(10)

    /// How long a client may take to answer a farewell.
    public var closeTimeLimit = Duration.seconds(5)

    /// Decides who may attach, at each attachment, also when a session is taken up again.
    ///
    /// A thrown `Refusal` is told to the client: `refused`, `overloaded` and `draining` leave its session
    /// as it is, other codes end it.
    public var authenticate: @Sendable (SessionRequest) async throws(Refusal) -> SessionAdmission =
        { _ in .anonymous }

    /// Where the ledger of a session is written when it is over; nil: nowhere.
    public var ledger: LedgerDestination?

    /// How the listeners behave, of a server that has some.
    public var listener = StreamListener.Configuration()

    /// The loops that look after sessions and connections.
    public var loops = EventLoopGroup.shared

    /// Where it logs.
    ///
    /// Quiet unless one is given.
    public var logger = Logger(label: "sessions") { _ in SwiftLogNoOpLogHandler() }

    /// The defaults.
    public init() {}

    func check() {
        precondition(sessionLimit > 0, "a server for no session")
        precondition(acceptRate > 0, "a server that takes nobody")
    }

    /// When the client at a place of the table comes back, in milliseconds after it lost the server.
    func slot(ofPlace place: Int) -> UInt32 {
        UInt32(clamping: place / acceptRate * 1_000 + place % acceptRate * 1_000 / acceptRate)
    }
}

internal import DequeModule
internal import SessionProtocol
internal import Sockets

/// Everything a session's lock guards.
struct SessionState {
    var machine: SessionMachine
    /// The streams that are open, by number.
    var flows: [UInt64: Flow] = [:]
    /// What carries it, or is about to.
    var connection: SessionConnection?
    /// Tasks that write, to this connection or to earlier ones.
    var writerCount = 0
    /// The last connection of any: for who asks where the other end is.
    var peerAddress: SocketAddress?
    /// Where a client was connected last.
    var endpoint: Endpoint?

    // What the application waits for.

    /// Streams of the other end that nobody has taken over.
    var incoming: Deque<Flow> = []
    var incomingReader: Signal?
    /// What takes them over as they come, if anything does.
    var handlers: SharedHandlers?
    /// The handlers that run, by the numbers of their streams.
    var running: [UInt64: Task<Void, Never>] = [:]
    /// In whose table it is until it is over, where no task looks after it.
    var server: SessionServer?
    /// Who waits until the other end takes one more stream.
    var openers: Deque<Signal> = []
    /// Who waits for a change of ``change``.
    var watchers: [Signal] = []
    /// Withdrawn sends whose tasks wait for the other end's word on them.
    var withdrawn: [PendingReceipt] = []
    /// When those of them that are settled are forgotten next.
    var withdrawnLimit = 64

    // What has happened.

    /// The latest change, and how many there were.
    var change: SessionChange?
    var changeCount = 0
    var identity = SessionIdentity.anonymous
    /// Of the latest `ACCEPT`.
    var answer: [UInt8] = []
    /// Why the latest connection does not carry it any more.
    var lastDetach: DetachCause?
    /// The server has said that it will close.
    var leaving: Leaving?
    /// The client was told to leave, and is not waited for once it has.
    var isDraining = false
    var counts = SessionStatistics()
    /// Calls answered here whose requests nobody reads to the end: they are given up when the answer
    /// has arrived.
    var unread: [Flow] = []
    /// Calls that are open, of both ends.
    var openCallCount = 0

    // Time.

    /// When the timer is set to fire; nil if it is not.
    var armedAt: SessionInstant?
    /// The connection is cut then, whatever it still has to say.
    var cutAt: SessionInstant?
    /// Death is judged then, and not before: what has come must be read first.
    var judgeAt: SessionInstant?

    /// How long the last words of a session that is over may take.
    let closeTimeLimit: Duration

    init(_ machine: SessionMachine, _ closeTimeLimit: Duration) {
        self.machine = machine
        self.closeTimeLimit = closeTimeLimit
    }
}

/// A client is about to leave a server that drains.
struct Leaving {
    let drain: Drain
    /// At the latest.
    let by: SessionInstant
}

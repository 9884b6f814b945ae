import DequeModule

/// One end of a session, without the connection: bytes and moments in, events and bytes out.
///
/// The rules are in docs/session-protocol.md; the section is named where one is carried out.
///
/// - Rule 1: a number is settled once, and its send gets one receipt, before or then.
/// - Rule 2: what is numbered lives in `link` until it is acknowledged; streams know no connection.
/// - Rule 3: a message is written when it is about to be handed over, so all that was written was
///   handed to a transport: *not delivered* without an answer is only for what was not written.
/// - Rule 4: the driver drains ``nextEvent()`` after each step, so events never pile up.
///
/// A driver opens a connection, calls ``connected(credentials:now:)`` (a server: hands over what
/// ``AttachReader`` read), then carries ``output(into:limit:now:)`` to it and what comes to
/// ``receive(_:epoch:now:)``, calls ``advance(to:)`` at ``nextDeadline``, and
/// ``disconnected(epoch:now:)`` when the connection is gone. Time never goes back.
public struct SessionMachine: Sendable {
    /// Which end this is.
    public enum Role: Hashable, Sendable {
        /// The one that connects.
        case client
        /// The one that accepts.
        case server
    }

    enum Phase: Sendable {
        case detached
        case attaching
        case attached
    }

    /// Which end this is.
    public let role: Role
    /// The session's name, and the right to it.
    public let ticket: SessionTicket
    package let settings: SessionSettings
    /// What the other end holds; nil until the first attachment.
    var peerLimits: SessionLimits?
    /// The times the server set.
    public internal(set) var timing: SessionTiming

    var phase = Phase.detached
    /// The latest attachment's, or attempt's.
    public internal(set) var epoch: UInt64 = 0
    /// This end has been attached before.
    var wasAttached = false
    /// The session is over, and why.
    public internal(set) var ending: SessionEnding?
    /// `BYE` was sent, and with which code: nothing numbered follows it.
    var closing: SessionCode?

    var control = ControlFrames()
    var liveness = Liveness()
    var peerClock = PeerClock()
    var link = RetainedFrames()
    var arrivals = FrameBuffer()
    var reception = Reception()

    var streams = StreamTable()
    var nextOurs: UInt64
    var nextTheirs: UInt64
    /// Streams with something to write, in the order of their turns.
    var ready: Deque<UInt64> = []
    /// Streams with datagrams to write.
    var readyDatagrams: Deque<UInt64> = []
    /// Streams to write `TAKEN` for: at once, or with other output.
    var toTell: [UInt64] = []
    var tellsAtOnce = false
    var tellDue: SessionInstant?
    /// No later than the first moment at which a send runs out of time.
    var nextExpiry: SessionInstant?

    var sendCount: UInt64 = 0
    var events: Deque<SessionEvent> = []
    var tally = LedgerTally()
    /// The ledger as it was when the session ended.
    var finalLedger: KeptLedger?

    init(_ role: Role, _ ticket: SessionTicket, _ settings: SessionSettings) {
        precondition(settings.limits.areSound, "limits that contradict each other")
        precondition(
            settings.timing.heartbeat > 0 && settings.timing.silence > 0,
            "a session needs time to live"
        )
        self.role = role
        self.ticket = ticket
        self.settings = settings
        timing = settings.timing
        nextOurs = role == .client ? 0 : 1
        nextTheirs = role == .client ? 1 : 0
    }

    /// The client's end of a new session.
    public init(client ticket: SessionTicket, settings: SessionSettings = SessionSettings()) {
        self.init(.client, ticket, settings)
    }

    /// The next thing the driver should know.
    public mutating func nextEvent() -> SessionEvent? { events.popFirst() }

    /// Gives back what a session keeps for the next stream or frame, if nothing goes on; says whether
    /// there was something.
    package mutating func trim() -> Bool {
        guard streams.count == 0, streams.slotCount > 0, link.retainedSize == 0, events.isEmpty,
            toTell.isEmpty, readyDatagrams.isEmpty
        else { return false }
        streams.trim()
        link.trim()
        events = []
        ready = []
        readyDatagrams = []
        toTell = []
        return true
    }

    /// Whether commands are carried out.
    var isOpen: Bool { ending == nil && closing == nil }

    /// Makes a numbered frame, unless `BYE` has been the last.
    mutating func say(_ frame: Frame) {
        if closing == nil { link.append(frame) }
    }

    /// Whether a connection carries it now.
    public var isAttached: Bool { phase == .attached && ending == nil }
}

/// A ledger in a place of its own: every session would have room for one, and few need it.
final class KeptLedger: Sendable {
    let ledger: Ledger

    init(_ ledger: Ledger) { self.ledger = ledger }
}

/// What was received on the link (§2).
struct Reception: Sendable {
    /// Numbered frames, in the whole session.
    var count: UInt64 = 0
    /// What the last `ACK` said.
    var toldCount: UInt64 = 0
    /// Bytes since then.
    var untoldSize = 0
    /// When the next is due, whatever else is sent.
    var due: SessionInstant?
}

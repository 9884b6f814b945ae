import DequeModule

/// The chat itself: rooms and members, as one deterministic state machine.
///
/// It does no I/O, reads no clock and starts nothing: a command and the time go in, effects come
/// out, and the same commands always give the same effects. Faces (text, IRC, web) turn bytes
/// into commands and events into bytes; the caller owns connections and timers.
///
///     var chat = Chat()
///     let ada = MemberID(1)
///     let now = ChatInstant(nanoseconds: 0)
///     let effects = chat.handle(
///         .connect(try Nick("ada"), joining: .lobby), from: ada, now: now)
///     for effect in effects {
///         switch effect {
///         case .deliver(let event, let member): print(member, event)
///         case .broadcast(let event, let room, _): print(chat.members(of: room), event)
///         case .disconnect(let member, let reason): print(member, reason)
///         }
///     }
///
/// Rules:
/// 1. Effects are carried out in order, before the next call: a broadcast goes to those who are
///    in the room then.
/// 2. A command costs the same in a room of ten as of ten thousand; what a broadcast costs is
///    the caller's sending. Listing costs what is listed.
/// 3. After each call, ``nextDeadline`` says when ``tick(now:)`` is wanted.
/// 4. A room begins with the first to join and ends, its history with it, with the last to
///    leave. The default room is always there.
/// 5. Nothing a peer can send traps; ``ChatLimits`` bounds all it can make grow.
///
/// A value, to be held in one place: a copy that is changed copies everything.
public struct Chat: Sendable {
    /// What bounds it.
    public let limits: ChatLimits
    /// The room that never ends.
    public let defaultRoom: RoomName
    /// What it has done so far.
    public internal(set) var statistics = ChatStatistics()

    var members: [MemberID: Member] = [:]
    var memberByNick: [Nick: MemberID] = [:]
    var rooms: [RoomName: Room] = [:]
    /// The keys of `rooms` in an order that does not change from run to run.
    var roomOrder = DenseSet<RoomName>()
    /// Digests due, soonest first: each is due one interval after it began, so they queue up.
    ///
    /// One whose room has ended since stays until its time comes, and is then ignored.
    var digestQueue: Deque<DigestEntry> = []
    /// The latest moment seen.
    var clock = ChatInstant(nanoseconds: .min)
    /// Messages so far, the number of the last one.
    var messageNumber: UInt64 = 0

    /// An empty chat.
    ///
    /// Limits that make no sense trap.
    public init(limits: ChatLimits = ChatLimits(), defaultRoom: RoomName = .lobby) {
        limits.check()
        self.limits = limits
        self.defaultRoom = defaultRoom
        rooms[defaultRoom] = Room(name: defaultRoom)
        roomOrder.insert(defaultRoom)
    }

    /// Does what `id` asks, or refuses it with an event to `id` alone.
    ///
    /// - Parameters:
    ///   - command: what is asked.
    ///   - id: who asks; it need not be a member yet.
    ///   - now: the time, on one monotonic clock for all calls.
    /// - Returns: what the caller is to do, in order.
    public mutating func handle(
        _ command: ChatCommand,
        from id: MemberID,
        now: ChatInstant
    ) -> [ChatEffect] {
        clock = max(clock, now)
        // Coming and going is not metered: a flooder must be able to leave.
        switch command {
        case .connect(let nick, let room): return connect(id, as: nick, joining: room)
        case .quit(let departure): return quit(id, departure)
        default: break
        }
        if let refused = meter(command, from: id) { return refused }
        switch command {
        case .connect, .quit: return []
        case .say(let text, let kind, let room): return say(text, kind, in: room, from: id)
        case .tell(let nick, let text): return tell(nick, text, from: id)
        case .rename(let nick): return rename(id, to: nick)
        case .join(let room): return join(room, id)
        case .leave(let room): return leave(room, id)
        case .who(let room): return who(room, id)
        case .rooms: return listRooms(id)
        }
    }
}

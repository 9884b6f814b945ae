internal import ChatCore
internal import DequeModule
internal import Sockets

/// Everything the hall knows, touched by one thread at a time.
///
/// Rule 1. What the chat answers is carried out in order, before anything else is asked of it:
///         nobody can see a later event before an earlier one.
/// Rule 2. Nothing here waits. A member's queue takes a line or gives up.
/// Rule 3. Whatever a step makes due later is in ``nextDue``.
struct HallState: Sendable {
    /// A connection and its conversation.
    struct Seat: Sendable {
        let member: Member
        var session: TextSession
    }

    /// Something to look at again at a time.
    struct Reminder: Sendable {
        let due: ChatInstant
        let id: MemberID
    }

    let limits: ChatServer.Limits
    var chat: Chat
    var seats: [MemberID: Seat] = [:]
    var lastNumber: UInt64 = 0
    var isStopping = false

    /// Members that fell behind in this step, to be taken out when it is done.
    var overdue: [MemberID] = []
    /// Those who have to give a name by a time; in order, as the time they have is the same.
    var naming: Deque<Reminder> = []
    /// Those whose connection is to be gone by a time; in order likewise.
    var closing: Deque<Reminder> = []
    /// Until when stopping may take.
    var stopDue: ChatInstant?
    var memory = CrowdMemory()
    /// How many fell behind.
    var slowReaderCount: UInt64 = 0

    init(_ configuration: ChatServer.Configuration) {
        limits = configuration.limits
        chat = Chat(limits: configuration.chat)
    }

    // MARK: Steps

    mutating func enter(_ member: Member, now: ChatInstant) {
        let session = TextSession(limits: chat.limits, lobby: chat.defaultRoom)
        seats[member.id] = Seat(member: member, session: session)
        memory.note(seats.count, now: now)
        naming.append(Reminder(due: now.advanced(by: limits.nameTimeLimit), id: member.id))
        send(session.greeting, to: member.id)
    }

    mutating func tick(now: ChatInstant) {
        while let first = naming.first, first.due <= now {
            naming.removeFirst()
            // Whoever has a name may be silent for as long as they like.
            guard chat.nick(of: first.id) == nil else { continue }
            let actions = seats[first.id]?.session.receive(departure: .idle) ?? []
            perform(actions, for: first.id, now: now)
        }
        while let first = closing.first, first.due <= now {
            closing.removeFirst()
            seats[first.id]?.member.abandon()
        }
        if let due = stopDue, due <= now {
            stopDue = nil
            for seat in seats.values { seat.member.abandon() }
        }
        memory.tick(now: now)
        for effect in chat.tick(now: now) { perform(effect, now: now) }
    }

    /// Says goodbye to all.
    ///
    /// Not through the chat: each would be shown the leaving of the others.
    mutating func stop(now: ChatInstant) {
        isStopping = true
        stopDue = now.advanced(by: limits.drainTimeLimit)
        for id in Array(seats.keys) {
            for action in seats[id]?.session.receive(departure: .serverStopping) ?? [] {
                switch action {
                case .send(let bytes): send(bytes, to: id)
                case .close: seats[id]?.member.finish()
                case .command: preconditionFailure("a session that is told to go asks nothing")
                }
            }
        }
    }

    /// Its connection is gone.
    ///
    /// One that was sent away with everyone is still in the chat.
    mutating func remove(_ member: Member, now: ChatInstant) {
        seats[member.id] = nil
        memory.note(seats.count, now: now)
        let departure: Departure = isStopping ? .serverStopping : .connectionLost
        for effect in chat.handle(.quit(departure), from: member.id, now: now) {
            perform(effect, now: now)
        }
    }

    // MARK: What came of a step

    mutating func perform(_ actions: [TextSession.Action], for id: MemberID, now: ChatInstant) {
        for action in actions {
            switch action {
            case .send(let bytes): send(bytes, to: id)
            case .command(let command):
                for effect in chat.handle(command, from: id, now: now) {
                    perform(effect, now: now)
                }
            case .close: close(id, now: now)
            }
        }
    }

    private mutating func perform(_ effect: ChatEffect, now: ChatInstant) {
        switch effect {
        case .deliver(let event, let id):
            perform(seats[id]?.session.receive(event: event) ?? [], for: id, now: now)
        case .broadcast(let event, let room, let origin):
            let bytes = TextFace.render(event)  // once, for all
            for id in chat.members(of: room) where id != origin { send(bytes, to: id) }
        case .disconnect(let id, let departure):
            perform(seats[id]?.session.receive(departure: departure) ?? [], for: id, now: now)
        }
    }

    /// Takes those out who fell behind, until nobody has: their leaving is news for others.
    mutating func settle(now: ChatInstant) {
        while let id = overdue.popLast() {
            slowReaderCount += 1
            for effect in chat.handle(.quit(.readTooSlowly), from: id, now: now) {
                perform(effect, now: now)
            }
            // One without a name is unknown to the chat.
            perform(
                seats[id]?.session.receive(departure: .readTooSlowly) ?? [],
                for: id,
                now: now
            )
        }
    }

    private mutating func send(_ bytes: [UInt8], to id: MemberID) {
        guard let member = seats[id]?.member, !member.send(bytes) else { return }
        overdue.append(id)
    }

    private mutating func close(_ id: MemberID, now: ChatInstant) {
        seats[id]?.member.finish()
        closing.append(Reminder(due: now.advanced(by: limits.closeTimeLimit), id: id))
    }

    /// When ``tick(now:)`` is wanted next.
    var nextDue: ChatInstant? {
        [naming.first?.due, closing.first?.due, stopDue, memory.due, chat.nextDeadline]
            .compactMap(\.self).min()
    }
}

import DequeModule

/// A room whose digest is due.
struct DigestEntry: Sendable {
    let due: ChatInstant
    let room: RoomName
}

/// Joins and leaves in large rooms.
///
/// The first change opens an interval; at its end one digest tells all of it. So a room hears of
/// its crowd at most once an interval, however many come and go.
extension Chat {
    /// When ``tick(now:)`` is wanted next; nil while nothing waits.
    ///
    /// It may come due for a room that has ended meanwhile: the tick then does nothing.
    public var nextDeadline: ChatInstant? { digestQueue.first?.due }

    /// Shows what is due.
    ///
    /// Earlier or more often than needed is harmless.
    ///
    /// - Parameter now: the time, on the clock of ``handle(_:from:now:)``.
    /// - Returns: what the caller is to do, in order.
    public mutating func tick(now: ChatInstant) -> [ChatEffect] {
        clock = max(clock, now)
        var effects: [ChatEffect] = []
        while let entry = digestQueue.first, entry.due <= clock {
            digestQueue.removeFirst()
            // An entry of a room that ended, and perhaps began anew with a later digest.
            guard let room = rooms[entry.room], let pending = room.pending,
                pending.due == entry.due
            else { continue }
            rooms[entry.room]?.pending = nil
            statistics.digestCount += 1
            let digest = RoomDigest(
                room: room.name,
                joinedCount: pending.joinedCount,
                leftCount: pending.leftCount,
                memberCount: room.members.count
            )
            effects.append(.broadcast(.digest(digest), room: room.name, origin: nil))
        }
        return effects
    }

    /// Adds a change to what the room's next digest will tell.
    mutating func note(in room: RoomName, _ change: (inout PendingDigest) -> Void) {
        if rooms[room]?.pending == nil {
            let due = clock.advanced(byNanoseconds: limits.digestIntervalNanoseconds)
            rooms[room]?.pending = PendingDigest(due: due)
            digestQueue.append(DigestEntry(due: due, room: room))
        }
        if var pending = rooms[room]?.pending {
            change(&pending)
            rooms[room]?.pending = pending
        }
    }
}

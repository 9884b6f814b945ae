import DequeModule

extension Outgoing {
    /// Whether the queue takes one more of `charge`.
    func hasRoom(for charge: UInt64, _ settings: SessionSettings) -> Bool {
        queue.count < settings.queueCountLimit
            && (queue.isEmpty || queuedCharge + charge <= settings.queueSizeLimit)
    }

    /// Whether something waits that the other end's window has room for.
    func canWrite(window: UInt64) -> Bool {
        if isPartial { return true }
        guard let charge = valueIsNext ? values.nextCharge : queue.first?.charge else {
            return false
        }
        return usedCharge + charge <= window
    }

    /// Whether a value comes before what is in the queue, which can only be the end.
    var valueIsNext: Bool { !isPartial && values.count > 0 }

    /// Drops the oldest message that waits; a gap in its place grows by one.
    ///
    /// Gives its send.
    mutating func dropOldest() -> SendID? {
        let first = isPartial ? 1 : 0
        var index = first
        while index < queue.count {
            if case .message(let send, _, _, false) = queue[index] {
                queuedCharge -= queue[index].charge
                putGap(at: index, first: first)
                return send
            }
            index += 1
        }
        return nil
    }

    /// A message at `index` is gone: one more is missing there.
    private mutating func putGap(at index: Int, first: Int) {
        if index > first, case .gap(let count, .dropped, let place) = queue[index - 1],
            place.isEmpty, count < WireLimit.gapCount
        {
            queue[index - 1] = .gap(count: count + 1, cause: .dropped, place: [])
            queue.remove(at: index)
        } else {
            queue[index] = .gap(count: 1, cause: .dropped, place: [])
            queuedCharge += queue[index].charge
        }
    }

    /// Takes a message out of the queue that was not begun.
    ///
    /// What it would have ended still ends.
    mutating func removeQueued(at index: Int) {
        queuedCharge -= queue[index].charge
        if case .message(_, _, _, true) = queue[index] {
            queue[index] = .end(.ok, detail: [])
            queuedCharge += queue[index].charge
        } else {
            queue.remove(at: index)
        }
    }
}

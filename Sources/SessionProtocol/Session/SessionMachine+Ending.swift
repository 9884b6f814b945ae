import DequeModule

// How a session ends: with `BYE`, or without (§3, §6).

extension SessionMachine {
    /// Ends the session in good order: the other end hears what was taken, and answers.
    ///
    /// What was not written is *not delivered* at once; the rest when the answer comes. Without
    /// connection this waits for one: ``abandon(now:)`` does not.
    public mutating func close(_ code: SessionCode = .closed, text: String = "") {
        guard isOpen else { return }
        sayBye(code, text)
        for slot in streams.occupied {
            dropQueue(slot, .notDelivered(code))
            streams[slot].incoming.items.removeAll()
            let begun = streams[slot].incoming.partial?.charge ?? 0
            streams[slot].incoming.heldCharge = begun
            streams[slot].incoming.datagrams.removeAll()
            streams[slot].isReady = false
        }
        dropDatagrams()
        ready.removeAll()
    }

    /// Ends this end without a word: receipts are *unknown* where nobody can say.
    public mutating func abandon(now: SessionInstant) {
        end(.abandoned, now: now)
    }

    /// Tells the client to leave, and when and where to come back.
    public mutating func drain(_ drain: Drain) {
        precondition(role == .server, "a server drains")
        control.drain = phase == .attached ? drain : nil
    }

    private mutating func sayBye(_ code: SessionCode, _ text: String) {
        tellTaken()
        say(.bye(code, text: text))
        closing = code
    }

    mutating func receiveBye(_ code: SessionCode, _ text: String, now: SessionInstant) {
        for slot in streams.occupied {
            settleAll(slot, code)
            if closing == nil { confirm(slot, now) }
        }
        dropDatagrams()
        if closing == nil { sayBye(code, text) }
        // The connection stays for what is to be sent: the answer, and that BYE was received.
        control.isAcknowledgementDue = true
        conclude(.closed(code, text: text))
    }

    /// The session is over, and the other end cannot be asked.
    mutating func end(_ ending: SessionEnding, now: SessionInstant) {
        guard self.ending == nil else { return }
        finalLedger = KeptLedger(ledger)
        for slot in streams.occupied {
            let id = streams[slot].id
            for record in streams[slot].outgoing.records where !record.hasReceipt {
                guard case .message(let send) = record.content else { continue }
                events.append(.receipt(id, send, .unknown(ending.code)))
            }
            dropQueue(slot, .notDelivered(ending.code))
        }
        dropDatagrams()
        if control.fault == nil { detach(.ended, now: now) }
        conclude(ending)
    }

    private mutating func conclude(_ ending: SessionEnding) {
        finalLedger = finalLedger ?? KeptLedger(ledger)
        streams = StreamTable()
        ready = []
        toTell = []
        nextExpiry = nil
        self.ending = ending
        events.append(.ended(ending))
    }
}

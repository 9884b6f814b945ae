import DequeModule

/// What one end of a session says of all its messages (docs/session-protocol.md §12).
///
/// ``text`` is the record to be kept; ``balance(_:_:)`` compares the two of a session.
public struct Ledger: Hashable, Sendable {
    /// A message its sender does not know the fate of.
    struct Unsettled: Hashable, Sendable {
        let stream: UInt64
        let number: UInt64
        let hash: UInt32
    }

    /// What this end has said and the other may not have heard.
    enum Answer: Hashable, Sendable {
        case taken(stream: UInt64, count: UInt64)
        case skipped(stream: UInt64, number: UInt64)
        case reset(stream: UInt64, takenCount: UInt64)
    }

    let session: SessionID
    let role: SessionMachine.Role
    let tally: LedgerTally
    let unsettled: [Unsettled]
    let answers: [Answer]
}

extension SessionMachine {
    /// The ledger as it is now; of a session that is over, as it was at its end.
    public var ledger: Ledger {
        if let finalLedger { return finalLedger.ledger }
        var unsettled: [Ledger.Unsettled] = []
        var answers: [Ledger.Answer] = []
        link.withEachFrame { frame in
            switch frame {
            case .taken(let stream, let count):
                answers.append(.taken(stream: stream, count: count))
            case .skipped(let stream, let number, _):
                answers.append(.skipped(stream: stream, number: number))
            case .reset(let stream, _, let takenCount):
                answers.append(.reset(stream: stream, takenCount: takenCount))
            default:
                break
            }
        }
        for slot in streams.occupied {
            let id = streams[slot].id.rawValue
            for record in streams[slot].outgoing.records where !record.isSkipped {
                guard case .message = record.content else { continue }
                unsettled.append(
                    Ledger.Unsettled(stream: id, number: record.number, hash: record.hash)
                )
            }
            let incoming = streams[slot].incoming
            if streams[slot].resetCode == nil, incoming.toldCount < incoming.confirmedCount {
                answers.append(.taken(stream: id, count: incoming.confirmedCount))
            }
        }
        return Ledger(
            session: ticket.session,
            role: role,
            tally: tally,
            unsettled: unsettled,
            answers: answers
        )
    }
}

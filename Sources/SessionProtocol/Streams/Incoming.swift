import DequeModule

/// What has come and was not taken yet.
enum ReceivedItem: Sendable {
    case message(ReceivedMessage)
    case gap(Gap)
    case end(number: UInt64, SessionCode, detail: [UInt8])

    /// The first number behind it.
    var endNumber: UInt64 {
        switch self {
        case .message(let message): message.number + 1
        case .gap(let gap): gap.first + gap.count
        case .end(let number, _, _): number + 1
        }
    }

    var charge: UInt64 {
        switch self {
        case .message(let message): message.charge
        case .gap, .end: UInt64(Rule.messageCharge)
        }
    }
}

/// A message that has come.
struct ReceivedMessage: Sendable {
    var number: UInt64
    var payload: [UInt8] = []
    /// Bytes of credit its sender counts for it.
    var charge: UInt64 = 0
    /// On the sender's clock.
    var expiry: UInt64?
    /// The flow ends behind it.
    var isLast = false
    /// Why it is void, if it is.
    var voidCause: SessionCode?
}

/// The flow into this end.
struct Incoming: Sendable {
    /// Complete, in order.
    var items: Deque<ReceivedItem> = []
    /// The message whose next piece is awaited.
    var partial: ReceivedMessage?
    /// The number of the next message to begin.
    var nextNumber: UInt64 = 0
    /// Numbers given to the application, or to nobody: all below.
    var takenCount: UInt64 = 0
    /// Numbers that count as taken: all below.
    ///
    /// One more at most was given: a message that is in the application's hand.
    var confirmedCount: UInt64 = 0
    /// The hash of that message, for the ledger.
    var hashInHand: UInt32?
    /// What the last `TAKEN` said.
    var toldCount: UInt64 = 0
    /// Credit in use by what was not taken.
    var heldCharge: UInt64 = 0
    /// Credit of what was taken since the last `TAKEN`.
    var untoldCharge: UInt64 = 0
    /// The end has come.
    var hasEnded = false
    /// Nobody takes what comes from now on: why each message is skipped.
    var discardCause: SessionCode?
    /// Listed to have `TAKEN` written.
    var isListed = false
    /// Of a stream of datagrams: what came and was not taken.
    var datagrams: Deque<ReceivedMessage> = []
    /// The number behind the latest datagram.
    var nextDatagram: UInt64 = 0
    /// The number behind the last datagram that was taken.
    var takenDatagram: UInt64 = 0
    /// Nothing was left when the application looked last: it waits to hear of more.
    var waitsToBeTold = true

    /// Nothing is left to happen, but that the other end hears of it.
    var isTaken: Bool { hasEnded && items.isEmpty }
    /// Nothing is left to happen.
    var isDone: Bool { isTaken && toldCount == takenCount }

    /// The place of a complete message that was not taken, by bisection.
    func itemIndex(of number: UInt64) -> Int? {
        var low = 0
        var high = items.count
        while low < high {
            let middle = (low + high) / 2
            if items[middle].endNumber <= number { low = middle + 1 } else { high = middle }
        }
        return low < items.count ? low : nil
    }
}

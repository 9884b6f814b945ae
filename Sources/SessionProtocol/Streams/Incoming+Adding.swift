import DequeModule

extension Incoming {
    /// What a frame was to its message.
    enum Added: Equatable {
        case piece
        case message
        /// The last piece of a message that is void.
        case void(number: UInt64, SessionCode)
    }

    /// Adds a piece of a message.
    mutating func add(
        _ header: MessageHeader,
        _ payload: RawSpan,
        _ limits: SessionLimits
    ) throws(Violation) -> Added {
        var message: ReceivedMessage
        if var begun = partial {
            guard header.expiry == nil else {
                throw Violation(.malformed, "an expiry in the middle of a message")
            }
            partial = nil  // so that its bytes have one owner, and appending copies nothing
            if begun.voidCause == nil { begun.payload.append(payload) }
            message = begun
        } else {
            message = ReceivedMessage(number: nextNumber, expiry: header.expiry)
            message.charge = UInt64(Rule.messageCharge)
            heldCharge += message.charge
            guard nextNumber < Varint.greatest else { throw .numbersUsedUp }
            nextNumber += 1
            if !header.isWithdrawn { message.payload = payload.copy(0..<payload.byteCount) }
        }
        message.charge += UInt64(payload.byteCount)
        heldCharge += UInt64(payload.byteCount)
        guard heldCharge <= limits.windowSize else { throw .window }
        guard message.charge <= limits.messageSizeLimit + UInt64(Rule.messageCharge) else {
            throw Violation(.limit, "a message is longer than this end takes")
        }
        // Nobody will take it: its bytes need not be kept until it is whole.
        let voidCause = header.isWithdrawn ? SessionCode.cancelled : discardCause
        if let voidCause, message.voidCause == nil {
            message.voidCause = voidCause
            message.payload = []
        }
        guard !header.hasMore else {
            if header.endsFlow {
                throw Violation(.malformed, "an end before the last piece")
            }
            partial = message
            return .piece
        }
        message.isLast = header.endsFlow
        hasEnded = header.endsFlow
        let number = message.number
        let cause = message.voidCause
        items.append(.message(message))
        return cause.map { .void(number: number, $0) } ?? .message
    }

    /// Adds a datagram, dropping the oldest beyond the limit.
    ///
    /// Late ones are dropped too.
    mutating func addDatagram(_ number: UInt64, _ payload: [UInt8]) {
        guard number >= nextDatagram, number < Varint.greatest else { return }
        nextDatagram = number + 1
        datagrams.append(ReceivedMessage(number: number, payload: payload))
        if datagrams.count > Rule.datagramLimit { datagrams.removeFirst() }
    }
}

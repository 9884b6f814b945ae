extension Incoming {
    /// Adds a piece of a message; gives what is wrong with it.
    mutating func add(
        _ header: MessageHeader,
        _ payload: [UInt8],
        _ limits: SessionLimits
    ) -> Violation? {
        var message: ReceivedMessage
        if var begun = partial {
            guard header.expiry == nil else {
                return Violation(.malformed, "an expiry in the middle of a message")
            }
            partial = nil  // so that its bytes have one owner, and appending copies nothing
            begun.payload += payload
            message = begun
        } else {
            message = ReceivedMessage(number: nextNumber, payload: payload, expiry: header.expiry)
            message.charge = UInt64(Rule.messageCharge)
            heldCharge += message.charge
            guard nextNumber < Varint.greatest else { return .numbersUsedUp }
            nextNumber += 1
        }
        message.charge += UInt64(payload.count)
        heldCharge += UInt64(payload.count)
        guard heldCharge <= limits.windowSize else { return .window }
        guard message.charge <= limits.messageSizeLimit + UInt64(Rule.messageCharge) else {
            return Violation(.limit, "a message is longer than this end takes")
        }
        if header.isWithdrawn { message.voidCause = .cancelled }
        if message.voidCause != nil { message.payload = [] }
        guard !header.hasMore else {
            if header.endsFlow { return Violation(.malformed, "an end before the last piece") }
            partial = message
            return nil
        }
        message.isLast = header.endsFlow
        hasEnded = header.endsFlow
        items.append(.message(message))
        return nil
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

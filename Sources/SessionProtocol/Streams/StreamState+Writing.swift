import DequeModule

extension StreamState {
    /// Writes the next item of the queue, or a piece of it that ends at `end` or with its frame.
    mutating func writeItem(
        to link: inout RetainedFrames,
        until end: UInt64,
        _ tally: inout LedgerTally
    ) {
        if outgoing.valueIsNext { pullValue() }
        guard let item = outgoing.queue.first else { return }
        let number = outgoing.nextNumber
        let start = link.endPosition
        switch item {
        case .message(let send, let payload, let expiry, let endsFlow):
            let size = writePiece(payload, expiry, endsFlow, to: &link, until: end)
            let positions = start..<link.endPosition
            finishPiece(item, send, payload, expiry, size, positions, &tally)
            return
        case .gap(let count, let cause, let place):
            link.append(.gap(stream: id.rawValue, count: count, cause: cause, place: place))
            note(.gap, number, count, item.charge, start..<link.endPosition)
        case .end(let status, let detail):
            link.append(.end(stream: id.rawValue, status: status, detail: detail))
            note(.end, number, 1, item.charge, start..<link.endPosition)
            outgoing.isEndWritten = true
        }
        outgoing.queue.removeFirst()
        outgoing.queuedCharge -= item.charge
    }

    private mutating func note(
        _ content: SentRecord.Content,
        _ number: UInt64,
        _ count: UInt64,
        _ charge: UInt64,
        _ positions: Range<UInt64>
    ) {
        let record = SentRecord(
            content: content,
            number: number,
            count: count,
            charge: charge,
            expiry: nil,
            positions: positions
        )
        outgoing.records.append(record)
        outgoing.usedCharge += charge
        outgoing.nextNumber = number + count
    }

    /// Writes the next piece of a message; gives how much of the whole is written then.
    private func writePiece(
        _ payload: [UInt8],
        _ expiry: SessionInstant?,
        _ endsFlow: Bool,
        to link: inout RetainedFrames,
        until end: UInt64
    ) -> Int {
        let first = outgoing.writtenSize
        var header = MessageHeader(stream: id.rawValue)
        if !outgoing.isPartial { header.expiry = expiry?.microseconds }
        // At least one byte, so that every piece of a long message brings it forward.
        let left = Int(end - min(end, link.endPosition))
        let room = min(WireLimit.frame - header.size, max(1, left))
        let size = min(payload.count - first, room)
        header.hasMore = first + size < payload.count
        header.endsFlow = endsFlow && !header.hasMore
        link.append(header, payload, first..<first + size)
        return first + size
    }

    private mutating func finishPiece(
        _ item: QueuedItem,
        _ send: SendID,
        _ payload: [UInt8],
        _ expiry: SessionInstant?,
        _ writtenSize: Int,
        _ positions: Range<UInt64>,
        _ tally: inout LedgerTally
    ) {
        let number = outgoing.nextNumber
        if outgoing.isPartial, let last = outgoing.records.indices.last {
            let begin = outgoing.records[last].positions.lowerBound
            outgoing.records[last].positions = begin..<positions.upperBound
        } else {
            var record = SentRecord(
                content: .message(send),
                number: number,
                count: 1,
                charge: item.charge,
                expiry: expiry,
                positions: positions
            )
            record.hash = CRC32.hash(stream: id.rawValue, number: number, payload)
            outgoing.records.append(record)
            outgoing.usedCharge += item.charge
            outgoing.nextNumber = number + 1
            tally.sentCount += 1
        }
        if writtenSize < payload.count {
            outgoing.isPartial = true
            outgoing.writtenSize = writtenSize
        } else {
            outgoing.endPartial(item)
        }
    }

    /// Makes the next value of a state a message.
    private mutating func pullValue() {
        guard let (send, payload, expiry) = outgoing.values.next(number: outgoing.nextNumber) else {
            return
        }
        let item = QueuedItem.message(send, payload: payload, expiry: expiry, endsFlow: false)
        outgoing.queue.prepend(item)
        outgoing.queuedCharge += item.charge
    }
}

import SessionProtocol

// What the application takes, and whether that is what it should be.

extension SimulatedEnd {
    func takeEverything(_ now: UInt64, _ oracle: inout Oracle) {
        for place in readers.indices { while takeOne(place, now, &oracle) {} }
    }

    /// Takes the next of one reader; false if there is nothing.
    func takeOne(_ place: Int, _ now: UInt64, _ oracle: inout Oracle) -> Bool {
        let reader = readers[place]
        let moment = clock.instant(now)
        if let id = reader.inHand { oracle.confirm(id) }
        readers[place].inHand = nil
        let taken = machine.take(
            from: reader.stream,
            now: moment,
            staysInHand: reader.keepsInHand && sabotage != .takesTooEarly
        )
        guard let taken else { return false }
        switch taken {
        case .message(let number, let payload, let isLast):
            if number != reader.nextNumber {
                oracle.fail("number \(number) in place of \(reader.nextNumber)")
            }
            readers[place].nextNumber = number + 1
            note(payload, place, now, &oracle)
            if isLast { noteEnd(place, &oracle) }
        case .value(let key, let payload, let replacedCount):
            guard key.count == 1, key[0] < Self.keyCount else {
                oracle.fail("a key that nobody has: \(key)")
                return true
            }
            readers[place].missing.superseded = replacedCount
            note(payload, place, key: Int(key[0]), now, &oracle)
        case .gap(let gap):
            note(gap, place, &oracle)
        case .end:
            noteEnd(place, &oracle)
        }
        return true
    }

    private func note(
        _ payload: [UInt8],
        _ place: Int,
        key: Int = 0,
        _ now: UInt64,
        _ oracle: inout Oracle
    ) {
        guard let id = oracle.identify(payload) else { return }
        if sabotage == .forgetsAfterTaking, id % 10 == 0 { return }
        let staysInHand = readers[place].keepsInHand
        oracle.take(id, now: now, staysInHand: staysInHand)
        if staysInHand { readers[place].inHand = id }
        if let flow = flow(of: place, &oracle) {
            oracle.pass(through: id, in: flow + key, readers[place].missing)
        }
        readers[place].missing = MissingNumbers()
    }

    private func note(_ gap: Gap, _ place: Int, _ oracle: inout Oracle) {
        oracle.tally.gaps += 1
        oracle.tally.missing += gap.count
        if gap.first != readers[place].nextNumber, readers[place].kind != .state {
            oracle.fail("a gap at \(gap.first) in place of \(readers[place].nextNumber)")
        }
        readers[place].nextNumber = gap.first + gap.count
        if sabotage == .swallowsGaps { return }
        if !readers[place].missing.add(gap) {
            oracle.fail("a gap with a cause that nobody gave: \(gap.cause)")
        }
    }

    private func noteEnd(_ place: Int, _ oracle: inout Oracle) {
        let reader = readers[place]
        let keyCount = reader.kind == .state ? Self.keyCount : 1
        if let flow = flow(of: place, &oracle) {
            for key in 0..<keyCount { oracle.passAll(of: flow + key, reader.missing) }
        }
        readers[place].missing = MissingNumbers()
        // A call is answered when its request has ended.
        guard let flow = reader.answerFlow else { return }
        let writer = Writer(stream: reader.stream, kind: .call, flow: flow)
        send(on: writer, expiry: nil, size: 8, isLast: true, &oracle)
    }

    /// The other end's flow that a reader reads.
    private func flow(of place: Int, _ oracle: inout Oracle) -> Int? {
        if let flow = readers[place].flow { return flow }
        let name = peer.map { FlowName(sender: $0, stream: readers[place].stream) }
        readers[place].flow = name.flatMap { oracle.flowNumbers[$0] }
        if readers[place].flow == nil {
            oracle.fail("something came on stream \(readers[place].stream), and nobody sent on it")
        }
        return readers[place].flow
    }
}

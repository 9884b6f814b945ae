import SessionProtocol

// What the application does, chosen at random.

extension SimulatedEnd {
    func act(_ now: UInt64, _ random: inout SeededGenerator, _ oracle: inout Oracle) {
        guard !isOver else { return }
        switch random.number(0..<20) {
        case 0..<2: openStream(now, &random, &oracle)
        case 2..<11: for _ in 0..<random.number(1..<6) { send(now, &random, &oracle) }
        case 11..<13: cancelOne(&random, &oracle)
        case 13: finishOne(&random)
        case 14 where random.oneIn(4): resetOne(&random, &oracle)
        case 15 where random.oneIn(3): tellGap(&random, &oracle)
        case 16 where random.oneIn(2): answerEarly(now, &random, &oracle)
        default: take(now, limit: random.number(1..<12), &random, &oracle)
        }
    }

    private func openStream(
        _ now: UInt64,
        _ random: inout SeededGenerator,
        _ oracle: inout Oracle
    ) {
        guard writers.count < 6 else { return }
        let kinds: [StreamKind] = [.log, .log, .log, .state, .datagram, .call, .call]
        let kind = kinds[random.number(0..<kinds.count)]
        let isTimed = kind == .call && random.oneIn(2)
        let expiry = isTimed ? clock.instant(now + random.time(below: 400_000)) : nil
        let stream = try? machine.open(
            kind,
            name: [1, 2],
            expiry: expiry,
            overflow: random.oneIn(3) ? .dropOldest : .refuse
        )
        guard let stream else { return }
        let flow = oracle.openFlows(number, stream, kind, clock)
        writers.append(Writer(stream: stream, kind: kind, flow: flow))
        if kind == .call { readers.append(Reader(stream: stream, kind: kind)) }
    }

    private func send(_ now: UInt64, _ random: inout SeededGenerator, _ oracle: inout Oracle) {
        guard let writer = writers.randomElement(using: &random) else { return }
        let isDatagram = writer.kind == .datagram
        let isTimed = random.oneIn(3) && !isDatagram
        let expiry = isTimed ? clock.reading(now + random.time(below: 300_000)) : nil
        let isLong = random.oneIn(12) && !isDatagram
        let size = random.number(0..<(isLong ? 50_000 : 40))
        if writer.kind == .state {
            let key = random.number(0..<Self.keyCount)
            send(on: writer, key: key, expiry: expiry, size: size, &oracle)
        } else {
            send(on: writer, expiry: expiry, size: size, isLast: random.oneIn(15), &oracle)
        }
    }

    func send(
        on writer: Writer,
        key: Int? = nil,
        expiry: UInt64?,
        size: Int,
        isLast: Bool = false,
        _ oracle: inout Oracle
    ) {
        let payload = oracle.payload(size: size)
        let moment = expiry.map { SessionInstant(microseconds: $0) }
        let sent: SendID
        do throws(SessionCommandError) {
            if let key {
                sent = try machine.send(
                    payload,
                    key: [UInt8(key)],
                    on: writer.stream,
                    expiry: moment
                )
            } else {
                sent = try machine.send(
                    payload,
                    on: writer.stream,
                    expiry: moment,
                    isLast: isLast
                )
            }
        } catch {
            return noteRefusal(error, writer.stream)
        }
        let id = oracle.send(on: writer.flow + (key ?? 0), expiry: expiry)
        open.append(OpenSend(send: sent, stream: writer.stream, id: id))
        if isLast, writer.kind != .datagram {
            writers.removeAll { $0.stream == writer.stream }
        }
    }

    /// A send was not taken in.
    private func noteRefusal(_ error: SessionCommandError, _ stream: StreamID) {
        switch error {
        case .queueFull: waiting.insert(stream)
        case .answered:
            // Its callee wants no more.
            try? machine.finish(stream)
            writers.removeAll { $0.stream == stream }
        default: break
        }
    }

    /// Ends the answers of a call whose request may go on, and reads no more of it.
    private func answerEarly(
        _ now: UInt64,
        _ random: inout SeededGenerator,
        _ oracle: inout Oracle
    ) {
        let calls = readers.filter { $0.answerFlow != nil }
        guard let call = calls.randomElement(using: &random),
            (try? machine.finish(call.stream, status: .limit)) != nil
        else { return }
        oracle.tally.earlyEnds += 1
        readers.removeAll { $0.stream == call.stream }
        guard sabotage != .leavesTheRest else { return }
        machine.discardRequest(of: call.stream, now: clock.instant(now))
    }

    private func cancelOne(_ random: inout SeededGenerator, _ oracle: inout Oracle) {
        guard let send = open.suffix(8).randomElement(using: &random) else { return }
        oracle.cancel(send.id)
        machine.cancel(send.send, on: send.stream)
    }

    private func finishOne(_ random: inout SeededGenerator) {
        guard let writer = writers.randomElement(using: &random) else { return }
        try? machine.finish(writer.stream)
        writers.removeAll { $0.stream == writer.stream }
    }

    private func resetOne(_ random: inout SeededGenerator, _ oracle: inout Oracle) {
        let place = random.number(0..<writers.count + readers.count + 1)
        let stream: StreamID
        if place < writers.count {
            stream = writers[place].stream
        } else if place < writers.count + readers.count {
            stream = readers[place - writers.count].stream
        } else {
            return
        }
        machine.reset(stream, .cancelled)
        oracle.reset(number, stream)
        forget(stream)
    }

    private func tellGap(_ random: inout SeededGenerator, _ oracle: inout Oracle) {
        guard let writer = writers.randomElement(using: &random), writer.kind == .log else {
            return
        }
        let count = UInt64(random.number(1..<4))
        guard
            (try? machine.sendGap(count: count, cause: .trimmed, place: [7], on: writer.stream))
                != nil
        else { return }
        oracle.flows[writer.flow].entries.append(.gap(count))
    }

    /// Takes what there is, at most so many.
    private func take(
        _ now: UInt64,
        limit: Int,
        _ random: inout SeededGenerator,
        _ oracle: inout Oracle
    ) {
        guard !readers.isEmpty, !isSlow || random.oneIn(10) else { return }
        let place = random.number(0..<readers.count)
        for _ in 0..<limit { if !takeOne(place, now, &oracle) { return } }
    }
}

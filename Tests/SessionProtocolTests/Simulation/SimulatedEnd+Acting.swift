@testable import SessionProtocol

extension SimulatedEnd {
    /// Does one thing, chosen at random.
    func act(_ now: UInt64, _ random: inout SeededGenerator, _ oracle: inout Oracle) {
        guard !isOver else { return }
        switch random.number(0..<20) {
        case 0..<2: openStream(now, &random)
        case 2..<11: for _ in 0..<random.number(1..<6) { send(now, &random, &oracle) }
        case 11..<13: cancelOne(&random)
        case 13: finishOne(&random)
        case 14 where random.oneIn(4): resetOne(&random)
        case 15 where random.oneIn(3):
            if let writer = writers.randomElement(using: &random), writer.kind == .log {
                try? machine.sendGap(count: 3, cause: .trimmed, place: [7], on: writer.id)
            }
        default: take(now, limit: random.number(1..<12), &random, &oracle)
        }
    }

    private func openStream(_ now: UInt64, _ random: inout SeededGenerator) {
        guard writers.count < 6 else { return }
        let kinds: [StreamKind] = [.log, .log, .log, .state, .datagram, .call, .call]
        guard let kind = kinds.randomElement(using: &random) else { return }
        let isTimed = kind == .call && random.oneIn(2)
        let expiry = isTimed ? clock.instant(now + UInt64(random.number(0..<400_000))) : nil
        let id = try? machine.open(
            kind,
            name: [1, 2],
            expiry: expiry,
            overflow: random.oneIn(3) ? .dropOldest : .refuse
        )
        guard let id else { return }
        writers.append((id, kind))
        if kind == .call { readers[id] = Reader(kind: kind, isCall: false) }
    }

    private func send(_ now: UInt64, _ random: inout SeededGenerator, _ oracle: inout Oracle) {
        guard let writer = writers.randomElement(using: &random) else { return }
        let key = writer.kind == .state ? UInt8(random.number(0..<3)) : nil
        let isTimed = random.oneIn(3) && writer.kind != .datagram
        let expiry = isTimed ? clock.reading(now + UInt64(random.number(0..<300_000))) : nil
        let isLong = random.oneIn(12) && writer.kind != .datagram
        let size = isLong ? random.number(0..<50_000) : random.number(0..<40)
        send(writer.id, key, expiry, size, isLast: random.oneIn(15), writer.kind, &oracle)
    }

    func send(
        _ stream: StreamID,
        _ key: UInt8?,
        _ expiry: UInt64?,
        _ size: Int,
        isLast: Bool,
        _ kind: StreamKind,
        _ oracle: inout Oracle
    ) {
        let message = Oracle.Message(
            sender: number,
            clock: clock,
            stream: stream.rawValue,
            key: key,
            expiry: expiry,
            isDatagram: kind == .datagram
        )
        let payload = oracle.make(message, size: size)
        let moment = expiry.map { SessionInstant(microseconds: $0) }
        let sent: SendID?
        if let key {
            sent = try? machine.send(payload, key: [key], on: stream, expiry: moment)
        } else {
            sent = try? machine.send(payload, on: stream, expiry: moment, isLast: isLast)
        }
        guard let sent else {
            oracle.unmake()
            return
        }
        sends[sent] = oracle.lastID
        open[sent] = stream
        if isLast, key == nil, kind == .log || kind == .call {
            writers.removeAll { $0.id == stream }
        }
    }

    private func cancelOne(_ random: inout SeededGenerator) {
        let sends = open.keys.sorted()
        guard let send = sends.suffix(8).randomElement(using: &random), let stream = open[send]
        else { return }
        machine.cancel(send, on: stream)
    }

    private func finishOne(_ random: inout SeededGenerator) {
        guard let writer = writers.randomElement(using: &random) else { return }
        try? machine.finish(writer.id)
        writers.removeAll { $0.id == writer.id }
    }

    private func resetOne(_ random: inout SeededGenerator) {
        let streams = Set(writers.map(\.id)).union(readers.keys)
            .sorted { $0.rawValue < $1.rawValue }
        guard let stream = streams.randomElement(using: &random) else { return }
        machine.reset(stream, .cancelled)
        readers[stream] = nil
        writers.removeAll { $0.id == stream }
    }

    /// Takes what there is, at most so many.
    func take(
        _ now: UInt64,
        limit: Int,
        _ random: inout SeededGenerator,
        _ oracle: inout Oracle
    ) {
        let streams = readers.keys.sorted { $0.rawValue < $1.rawValue }
        guard let stream = streams.randomElement(using: &random) else { return }
        for _ in 0..<limit { if !takeOne(stream, now, &oracle) { return } }
    }

    func takeEverything(_ now: UInt64, _ oracle: inout Oracle) {
        for stream in readers.keys.sorted(by: { $0.rawValue < $1.rawValue }) {
            while takeOne(stream, now, &oracle) {}
        }
    }

    private func takeOne(_ stream: StreamID, _ now: UInt64, _ oracle: inout Oracle) -> Bool {
        guard let taken = machine.take(from: stream, now: clock.instant(now)),
            var reader = readers[stream]
        else { return false }
        switch taken {
        case .message(let number, let payload, let isLast):
            if number != reader.nextNumber {
                oracle.fail("number \(number) in place of \(reader.nextNumber)")
            }
            reader.nextNumber = number + 1
            note(payload, nil, &reader, stream, now, &oracle)
            if reader.isCall, isLast { answer(stream, &oracle) }
        case .value(let key, let payload, _):
            note(payload, key.first, &reader, stream, now, &oracle)
        case .gap(let gap):
            oracle.noteGap()
            if gap.first != reader.nextNumber, reader.kind != .state {
                oracle.fail("a gap at \(gap.first) in place of \(reader.nextNumber)")
            }
            reader.nextNumber = gap.first + gap.count
        case .end:
            if reader.isCall { answer(stream, &oracle) }
        }
        readers[stream] = reader
        return true
    }

    /// A call is answered when its request has ended.
    private func answer(_ stream: StreamID, _ oracle: inout Oracle) {
        send(stream, nil, nil, 8, isLast: true, .call, &oracle)
    }

    private func note(
        _ payload: [UInt8],
        _ key: UInt8?,
        _ reader: inout Reader,
        _ stream: StreamID,
        _ now: UInt64,
        _ oracle: inout Oracle
    ) {
        guard let id = oracle.identify(payload) else { return }
        if forgets, id % 10 == 0 { return }
        oracle.take(id, now: now)
        if oracle.messages[id].stream != stream.rawValue {
            oracle.fail("message \(id) arrived in another stream")
        }
        let last = key.map { reader.lastOfKey[$0] ?? -1 } ?? reader.lastID
        if id <= last { oracle.fail("message \(id) arrived after \(last)") }
        if let key { reader.lastOfKey[key] = id } else { reader.lastID = id }
    }
}

// What comes from the other end. Every frame is checked here before it changes anything.

extension SessionMachine {
    /// Bytes came on the connection of an epoch; of an older one they are not read any more.
    public mutating func receive(_ bytes: RawSpan, epoch: UInt64, now: SessionInstant) {
        guard epoch == self.epoch, phase != .detached, ending == nil else { return }
        liveness.lastSign = max(liveness.lastSign, now)
        reception.untoldSize += bytes.byteCount
        var buffer = arrivals
        arrivals = FrameBuffer()
        do throws(Violation) {
            let start = try readHello(bytes)
            let rest = bytes.extracting(start..<bytes.byteCount)
            try buffer.forEachFrame(of: rest) { bytes, range throws(Violation) in
                try handle(bytes, range, now: now)
                return phase != .detached && ending == nil
            }
            // What only this end's application makes is no answer.
            let answerSize = link.retainedSize - link.commandSize
            if answerSize > settings.retainedSizeLimit + settings.answerSizeLimit {
                throw Violation(.limit, "answers are never acknowledged")
            }
        } catch {
            control.fault = error
            end(.violation(error), now: now)
        }
        if phase != .detached, ending == nil { arrivals = buffer }
        if reception.untoldSize >= Rule.acknowledgedSize, reception.due != nil {
            reception.due = nil
            control.isAcknowledgementDue = true
        }
    }

    /// Reads what is missing of the other end's hello; gives where the frames begin.
    private mutating func readHello(_ bytes: RawSpan) throws(Violation) -> Int {
        guard var hello = control.missingHello else { return 0 }
        let size = min(Hello.size - hello.count, bytes.byteCount)
        hello += bytes.copy(0..<size)
        guard hello.count == Hello.size else {
            control.missingHello = hello
            return size
        }
        control.missingHello = nil
        guard try Hello.version(in: hello.rawSpan) == Hello.version else { throw .version }
        return size
    }

    /// Messages, by far the most of all frames, go from their bytes to their place, with no
    /// ``Frame`` made between.
    private mutating func handle(
        _ bytes: RawSpan,
        _ range: Range<Int>,
        now: SessionInstant
    ) throws(Violation) {
        let type = bytes[range.lowerBound]
        if MessageHeader.isOf(type) {
            var reader = FieldReader(range.lowerBound + 1..<range.upperBound)
            let header = try MessageHeader(type: type, &reader, bytes)
            guard phase == .attached else { throw .notAccepted }
            try receiveMessage(
                header,
                bytes.extracting(reader.offset..<range.upperBound),
                now: now
            )
            countReceived(now)
        } else {
            try handle(Frame(bytes, range), now: now)
        }
    }

    private mutating func countReceived(_ now: SessionInstant) {
        reception.count += 1
        if reception.due == nil, !control.isAcknowledgementDue {
            reception.due = now.advanced(byMicroseconds: Rule.acknowledgementDelay)
        }
    }

    private mutating func handle(_ frame: Frame, now: SessionInstant) throws(Violation) {
        guard frame.isNumbered else {
            try handleControl(frame, now: now)
            return
        }
        guard phase == .attached else { throw .notAccepted }
        switch frame {
        case .taken(let stream, let count):
            try receiveTaken(stream, count)
        case .open(let stream, let kind, let expiry, let name):
            try receiveOpen(stream, kind, expiry, name, now: now)
        case .skipped(let stream, let number, let cause):
            try receiveSkipped(stream, number, cause)
        case .cancel(let stream, let number):
            try receiveCancel(stream, number)
        case .gap(let stream, let count, let cause, let place):
            try receiveGap(stream, count, cause, place, now: now)
        case .end(let stream, let status, let detail):
            try receiveEnd(stream, status, detail, now: now)
        case .reset(let stream, let code, let takenCount):
            try receiveReset(stream, code, takenCount, now: now)
        case .bye(let code, let text):
            receiveBye(code, text, now: now)
        default:
            break  // an extension, which counts
        }
        countReceived(now)
    }

    private mutating func handleControl(
        _ frame: Frame,
        now: SessionInstant
    ) throws(Violation) {
        switch frame {
        case .accept(let acceptance):
            try handle(acceptance, now: now)
            return
        case .refuse(let refusal):
            try handle(refusal, now: now)
            return
        case .fault(let code, let text):
            end(.fault(code, text: text), now: now)
            return
        case .unknown:
            return
        default:
            break
        }
        guard phase == .attached else { throw .notAccepted }
        switch frame {
        case .acknowledge(let count):
            try link.acknowledge(count)
        case .ping(let clock):
            control.pongEcho = clock
        case .pong(let echo, let clock):
            try handlePong(echo: echo, clock: clock, now: now)
        case .drain(let drain) where role == .client:
            events.append(.draining(drain))
        case .datagram(let stream, let number, let payload):
            try receiveDatagram(stream, number, payload)
        default:
            throw Violation(.wrongState, "a frame that only the other role sends")
        }
    }
}

extension Violation {
    fileprivate static let notAccepted = Violation(
        .wrongState,
        "a frame before the session was accepted"
    )
}

import SessionProtocol

extension SimulatedEnd {
    /// Hears what the session says.
    func drainEvents(_ now: UInt64, _ oracle: inout Oracle) {
        while let event = machine.nextEvent() {
            switch event {
            case .attached(_, let isResumed, _):
                if isResumed { oracle.tally.resumes += 1 }
            case .detached(let epoch, let cause):
                closedEpochs.append(epoch)
                if cause == .silent { noteSilence(now, &oracle) }
            case .draining(let drain):
                leavesFor = UInt64(drain.delayMilliseconds) * 1_000
            case .readable: break
            case .writable(let stream): waiting.remove(stream)
            case .opened(let stream, let kind, _, _): noteOpened(stream, kind, &oracle)
            case .receipt(let stream, let send, let receipt):
                guard let place = open.firstIndex(where: { $0.send == send }) else {
                    oracle.fail("a receipt for nothing, or a second one: \(send) of \(stream)")
                    continue
                }
                oracle.receipt(open.remove(at: place).id, receipt)
            case .reset(let stream, _):
                oracle.reset(number, stream)
                forget(stream)
            case .closed(let stream):
                forget(stream)
                if open.contains(where: { $0.stream == stream }) {
                    oracle.fail("stream \(stream) closed without all receipts")
                }
            case .ended(let ending): noteEnding(ending, &oracle)
            }
        }
    }

    private func noteOpened(_ stream: StreamID, _ kind: StreamKind, _ oracle: inout Oracle) {
        var reader = Reader(stream: stream, kind: kind)
        if kind == .call { reader.answerFlow = oracle.openFlows(number, stream, kind, clock) }
        readers.append(reader)
    }

    func forget(_ stream: StreamID) {
        waiting.remove(stream)
        readers.removeAll { $0.stream == stream }
        writers.removeAll { $0.stream == stream }
    }

    /// A connection was judged dead: that long nothing was heard on it.
    private func noteSilence(_ now: UInt64, _ oracle: inout Oracle) {
        oracle.tally.silences += 1
        let silence = clock.reading(now) - lastSign
        if silence < deathTime {
            oracle.fail("end \(number) judged a connection dead after \(silence) µs")
        }
    }

    private func noteEnding(_ ending: SessionEnding, _ oracle: inout Oracle) {
        isOver = true
        waiting = []
        if case .violation(let violation) = ending { oracle.fail("\(violation)") }
        if case .fault(let code, let text) = ending { oracle.fail("fault \(code) \(text)") }
        if !open.isEmpty { oracle.fail("the session ended without all receipts") }
    }

    /// How long a connection may be silent, in microseconds.
    private var deathTime: UInt64 {
        (UInt64(machine.timing.heartbeat) + UInt64(machine.timing.silence)) * 1_000
    }

    /// After its timers ran: nothing is overdue.
    func checkTimes(_ now: UInt64, _ oracle: inout Oracle) {
        guard !isOver else { return }
        let reading = clock.reading(now)
        if look({ $0.isAttached }), reading >= lastSign + deathTime {
            oracle.fail("end \(number) has heard nothing for \(reading - lastSign) µs")
        }
        for send in open {
            if let expiry = oracle.messages[send.id].expiry, expiry <= reading {
                oracle.fail("message \(send.id) has no receipt, and its deadline has passed")
            }
        }
    }
}

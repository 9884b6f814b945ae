internal import Packets
internal import Sockets

/// One target's ping as a state machine: what was sent and what came in, what that means out.
///
/// Times are nanoseconds of one monotonic clock.
struct PingTally: Sendable {
    let target: Int
    let payload: EchoPayload
    private var window: EchoWindow
    private var summary = PingSummary()
    private var startedAt: Int64?
    private var endedAt: Int64 = 0

    init(target: Int, payload: EchoPayload, windowCapacity: Int) {
        self.target = target
        self.payload = payload
        window = EchoWindow(capacity: windowCapacity)
    }

    /// The number of the next request, from 0.
    var nextNumber: Int { window.sentCount }

    /// A request goes out now; what falls out of the window without an answer is lost.
    mutating func send(at now: Int64) -> PingEvent? {
        startedAt = startedAt ?? now
        endedAt = now
        summary.sentCount += 1
        guard let forgotten = window.send(at: now) else { return nil }
        return .lost(target: target, sequenceNumber: forgotten + 1)
    }

    /// The latest request was not sent.
    mutating func failToSend(_ error: SocketError) -> PingEvent {
        let number = window.sentCount - 1
        _ = window.refuse(EchoWindow.sequenceNumber(of: number))
        summary.errorCount += 1
        return .unsent(target: target, sequenceNumber: number + 1, error: error)
    }

    /// A reply with the right identifier and checksum has come.
    mutating func receive(
        _ sequenceNumber: UInt16,
        data: RawSpan,
        hopLimit: UInt8?,
        at arrival: ProbeArrival
    ) -> PingEvent? {
        guard let number = window.number(of: sequenceNumber) else {
            summary.unknownCount += 1
            return nil
        }
        guard payload.matches(data, number: number) else {
            summary.corruptedCount += 1
            return nil
        }
        let answer = window.answer(sequenceNumber)
        let sentAt: Int64
        switch answer {
        case .first(_, let sent): sentAt = sent
        case .late(_, let sent):
            sentAt = sent
            summary.lateCount += 1
        case .duplicate(_, let sent):
            sentAt = sent
            summary.duplicateCount += 1
        case .unknown: preconditionFailure("a request that was just found")
        }
        let duration = Duration.nanoseconds(arrival.nanoseconds(since: sentAt))
        endedAt = max(endedAt, arrival.time)
        var (isDuplicate, isLate) = (false, false)
        switch answer {
        case .first:
            summary.receivedCount += 1
            summary.times.add(duration)
        case .late: isLate = true
        default: isDuplicate = true
        }
        return .reply(
            PingEvent.Reply(
                target: target,
                sequenceNumber: number + 1,
                size: EchoMessage.headerSize + data.byteCount,
                hopLimit: hopLimit,
                time: duration,
                isDuplicate: isDuplicate,
                isLate: isLate
            )
        )
    }

    mutating func receiveWrongChecksum() { summary.wrongChecksumCount += 1 }

    /// The network speaks of a request.
    ///
    /// Only of one that is waited for, and a reply that comes later counts all the same: anyone may
    /// send such reports.
    mutating func receive(_ report: DatagramError, of sequenceNumber: UInt16) -> PingEvent? {
        guard let number = window.number(of: sequenceNumber), window.refuse(sequenceNumber) else {
            return nil
        }
        summary.errorCount += 1
        return .unreachable(target: target, sequenceNumber: number + 1, report: report)
    }

    /// Gives up what was sent at `time` or before.
    mutating func expire(sentUntil time: Int64, now: Int64) -> [PingEvent] {
        var events: [PingEvent] = []
        while let number = window.expire(sentUntil: time) {
            endedAt = now
            events.append(.lost(target: target, sequenceNumber: number + 1))
        }
        return events
    }

    mutating func oldestWaitingSentAt() -> Int64? { window.oldestWaitingSentAt() }

    /// The counts so far.
    var result: PingSummary {
        var result = summary
        result.waitingCount = window.waitingCount
        result.duration = .nanoseconds(max(0, endedAt - (startedAt ?? endedAt)))
        return result
    }
}

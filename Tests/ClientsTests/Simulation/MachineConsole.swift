import Testing

@testable import SessionProtocol

/// A server's machine that does what lines of text say: so that a client of another language plays
/// against it without a network, and a seed makes the same history again.
///
/// Bytes are hexadecimal, moments microseconds, what is not there 0 or nothing.
struct MachineConsole {
    private var machine: SessionMachine?
    private var settings = SessionSettings()
    /// What reads the beginning of a connection.
    private var reader: AttachReader?
    /// Said before there is a session.
    private var early: [UInt8] = []

    /// The answer to a line: lines too, or nothing for those that only do something.
    mutating func answer(to line: Substring) throws -> String? {
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        let numbers = words.map { UInt64($0) ?? 0 }
        switch words[0] {
        case "limits":
            machine = nil
            settings.limits.windowSize = numbers[1]
            settings.limits.streamLimit = numbers[2]
            settings.limits.messageSizeLimit = numbers[3]
        case "connect":
            reader = AttachReader()
            early = []
        case "bytes": receive(words[1].unhex, SessionInstant(microseconds: numbers[2]))
        case "cut":
            reader = nil
            let epoch = machine?.epoch ?? 0
            machine?.disconnected(epoch: epoch, now: SessionInstant(microseconds: numbers[1]))
        case "advance": machine?.advance(to: SessionInstant(microseconds: numbers[1]))
        case "output":
            var bytes = early
            early = []
            if reader == nil {
                machine?.output(into: &bytes, now: SessionInstant(microseconds: numbers[1]))
            }
            return bytes.hex
        case "events": return events()
        case "ledger": return (machine?.ledger.text ?? "") + "done"
        default: return try command(words, numbers)
        }
        return nil
    }

    private mutating func receive(_ bytes: [UInt8], _ now: SessionInstant) {
        guard var reader else {
            let epoch = machine?.epoch ?? 0
            unsafe machine?.receive(bytes.span.bytes, epoch: epoch, now: now)
            machine?.checkInvariants()
            return
        }
        do {
            let request = try unsafe reader.receive(bytes.span.bytes)
            self.reader = request == nil ? reader : nil
            guard let request else { return }
            if machine == nil {
                machine = try SessionMachine(accepting: request, settings: settings, now: now)
            } else {
                try machine?.resume(request, now: now)
            }
        } catch let refusal as Refusal {
            early = refusal.bytes
        } catch {
            early = []
        }
    }

    private mutating func events() -> String {
        var lines: [String] = []
        while let event = machine?.nextEvent() {
            switch event {
            case .opened(let id, let kind, _, _): lines.append("opened \(id) \(kind.rawValue)")
            case .receipt(_, let send, let receipt):
                lines.append("receipt \(send.rawValue) \(receipt)")
            case .closed(let id): lines.append("closed \(id)")
            case .ended(let ending): lines.append("ended \(ending)")
            default: break
            }
        }
        return (lines + ["done"]).joined(separator: "\n")
    }

    /// What an application asks of its end.
    private mutating func command(_ words: [Substring], _ numbers: [UInt64]) throws -> String? {
        guard var machine else { return "error: no session" }
        defer { self.machine = machine }
        let stream = StreamID(numbers[1])
        let moment = numbers.count > 2 && numbers[2] > 0 ? numbers[2] : nil
        let expiry = moment.map { SessionInstant(microseconds: $0) }
        do {
            switch words[0] {
            case "open":
                let kind = try #require(StreamKind(rawValue: numbers[1]))
                return "\(try machine.open(kind, name: [0x73], expiry: expiry))"
            case "send" where words[4].isEmpty:
                let isLast = words[5] == "1"
                let bytes = words[3].unhex
                return
                    "\(try machine.send(bytes, on: stream, expiry: expiry, isLast: isLast).rawValue)"
            case "send":
                let key = words[4].unhex
                return
                    "\(try machine.send(words[3].unhex, key: key, on: stream, expiry: expiry).rawValue)"
            case "cancel": machine.cancel(SendID(rawValue: numbers[2]), on: stream)
            case "finish": try machine.finish(stream)
            case "reset": machine.reset(stream, .cancelled)
            case "discard":
                machine.discardRequest(of: stream, now: SessionInstant(microseconds: numbers[2]))
            case "take":
                let taken = machine.take(
                    from: stream,
                    now: SessionInstant(microseconds: numbers[2])
                )
                return Self.describe(taken)
            default: return "error: what is \(words[0])?"
            }
        } catch let error as SessionCommandError {
            return ["open", "send"].contains(words[0]) ? "error: \(error)" : nil
        }
        return nil
    }

    private static func describe(_ taken: Taken?) -> String {
        switch taken {
        case nil: "nothing"
        case .message(let number, let payload, _)?: "message \(number) \(payload.hex)"
        case .value(_, let payload, let replaced)?: "message \(replaced) \(payload.hex)"
        case .gap(let gap)?: "gap \(gap.first) \(gap.count) \(gap.cause.rawValue)"
        case .end(let status, _)?: "end \(status.rawValue)"
        }
    }
}

extension Substring {
    fileprivate var unhex: [UInt8] {
        var digits = utf8.map { UInt8($0 < 0x3A ? $0 &- 0x30 : $0 &- 0x57) }[...]
        var bytes: [UInt8] = []
        while let high = digits.popFirst(), let low = digits.popFirst() {
            bytes.append(high << 4 | low)
        }
        return bytes
    }
}

extension [UInt8] {
    fileprivate var hex: String {
        String(decoding: flatMap { [digit($0 >> 4), digit($0 & 15)] }, as: UTF8.self)
    }

    private func digit(_ value: UInt8) -> UInt8 { value < 10 ? value + 0x30 : value + 0x57 }
}

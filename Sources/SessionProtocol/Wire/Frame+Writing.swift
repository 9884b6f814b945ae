extension Frame {
    /// Appends the frame: size, type, fields.
    func write(into bytes: inout [UInt8]) {
        if case .message(let header, let payload) = self {
            header.write(payloadSize: payload.count, into: &bytes)
            bytes.append(contentsOf: payload)
            return
        }
        let start = bytes.count
        bytes.append(0)
        writeBody(into: &bytes)
        let size = bytes.count - start - 1
        precondition(size <= WireLimit.frame, "our own frames fit")
        if size < 64 {
            bytes[start] = UInt8(size)
        } else {
            bytes[start] = UInt8(0x40 | size >> 8)
            bytes.insert(UInt8(size & 0xFF), at: start + 1)
        }
    }

    private func writeBody(into bytes: inout [UInt8]) {
        switch self {
        case .attach(let request):
            bytes.append(.attach)
            request.write(into: &bytes)
        case .accept(let acceptance):
            bytes.append(.accept)
            acceptance.write(into: &bytes)
        case .refuse(let refusal):
            bytes.append(.refuse, refusal.code.rawValue, UInt64(refusal.retryAfterMilliseconds))
            bytes.append(text: refusal.text)
        case .acknowledge(let receivedCount):
            bytes.append(.acknowledge, receivedCount)
        case .ping(let clock):
            bytes.append(.ping, clock)
        case .pong(let echo, let clock):
            bytes.append(.pong, echo, clock)
        case .drain(let drain):
            bytes.append(
                .drain,
                UInt64(drain.delayMilliseconds),
                UInt64(drain.withinMilliseconds)
            )
            bytes.append(text: drain.endpoint)
        case .fault(let code, let text):
            bytes.append(.fault, code.rawValue)
            bytes.append(text: text)
        case .datagram(let stream, let number, let payload):
            bytes.append(.datagram, stream, number)
            bytes.append(contentsOf: payload)
        default:
            writeNumbered(into: &bytes)
        }
    }

    private func writeNumbered(into bytes: inout [UInt8]) {
        switch self {
        case .open(let stream, let kind, let expiry, let name):
            bytes.append(.open, stream, kind.rawValue, expiry)
            bytes.append(field: name)
        case .taken(let stream, let count):
            bytes.append(.taken, stream, count)
        case .skipped(let stream, let number, let cause):
            bytes.append(.skipped, stream, number, cause.rawValue)
        case .cancel(let stream, let number):
            bytes.append(.cancel, stream, number)
        case .gap(let stream, let count, let cause, let place):
            bytes.append(.gap, stream, count, cause.rawValue)
            bytes.append(field: place)
        case .end(let stream, let status, let detail):
            bytes.append(.end, stream, status.rawValue)
            bytes.append(field: detail)
        case .reset(let stream, let code, let takenCount):
            bytes.append(.reset, stream, code.rawValue, takenCount)
        case .bye(let code, let text):
            bytes.append(.bye, code.rawValue)
            bytes.append(text: text)
        default:
            preconditionFailure("unknown frames are read, not written")
        }
    }
}

extension [UInt8] {
    /// Not variadic, which would make an array of the numbers for each frame.
    fileprivate mutating func append(
        _ kind: Frame.Kind,
        _ first: UInt64? = nil,
        _ second: UInt64? = nil,
        _ third: UInt64? = nil
    ) {
        append(kind.rawValue)
        if let first { append(number: first) }
        if let second { append(number: second) }
        if let third { append(number: third) }
    }

    /// Appends text as a field, cut between two characters if it is too long.
    fileprivate mutating func append(text: String) {
        var text = Substring(text)
        while text.utf8.count > WireLimit.text { text = text.dropLast() }
        append(field: [UInt8](text.utf8))
    }
}

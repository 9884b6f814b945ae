extension Frame {
    /// Reads the frame whose type and fields are in `range` of `bytes`.
    init(_ bytes: RawSpan, _ range: Range<Int>) throws(Violation) {
        var reader = FieldReader(range)
        let type = try reader.byte(bytes)
        if MessageHeader.isOf(type) {
            let header = try MessageHeader(type: type, &reader, bytes)
            self = .message(header, payload: reader.rest(bytes))
        } else if let kind = Kind(rawValue: type) {
            self = try Self.read(kind, &reader, bytes)
        } else if type & 0x80 != 0 {
            self = .unknown(isNumbered: type & 0x40 != 0)
        } else {
            throw .unknownFrame
        }
    }

    private static func read(
        _ kind: Kind,
        _ reader: inout FieldReader,
        _ bytes: RawSpan
    ) throws(Violation) -> Frame {
        // These four may grow fields in later versions, so what is behind them is passed over.
        switch kind {
        case .attach: return .attach(try AttachRequest(&reader, bytes))
        case .accept: return .accept(try Acceptance(&reader, bytes))
        case .refuse: return .refuse(try Refusal(&reader, bytes))
        case .drain: return .drain(try Drain(&reader, bytes))
        default: break
        }
        let frame = try readExactly(kind, &reader, bytes)
        try reader.finish()
        return frame
    }

    private static func readExactly(
        _ kind: Kind,
        _ reader: inout FieldReader,
        _ bytes: RawSpan
    ) throws(Violation) -> Frame {
        let first = try reader.number(bytes)
        switch kind {
        case .attach, .accept, .refuse, .drain:
            throw .unknownFrame
        case .acknowledge:
            return .acknowledge(receivedCount: first)
        case .ping:
            return .ping(clock: first)
        case .pong:
            return .pong(echo: first, clock: try reader.number(bytes))
        case .fault:
            return .fault(SessionCode(rawValue: first), text: try reader.text(bytes))
        case .datagram:
            let number = try reader.number(bytes)
            return .datagram(stream: first, number: number, payload: reader.rest(bytes))
        case .open:
            return try readOpen(stream: first, &reader, bytes)
        case .taken:
            return .taken(stream: first, count: try reader.number(bytes))
        case .skipped:
            let number = try reader.number(bytes)
            return .skipped(stream: first, number: number, cause: try reader.code(bytes))
        case .cancel:
            return .cancel(stream: first, number: try reader.number(bytes))
        case .gap:
            return try readGap(stream: first, &reader, bytes)
        case .end:
            let status = try reader.code(bytes)
            let detail = try reader.field(bytes, limit: WireLimit.text)
            return .end(stream: first, status: status, detail: detail)
        case .reset:
            let code = try reader.code(bytes)
            return .reset(stream: first, code: code, takenCount: try reader.number(bytes))
        case .bye:
            return .bye(SessionCode(rawValue: first), text: try reader.text(bytes))
        }
    }

    private static func readOpen(
        stream: UInt64,
        _ reader: inout FieldReader,
        _ bytes: RawSpan
    ) throws(Violation) -> Frame {
        guard let kind = StreamKind(rawValue: try reader.number(bytes)) else {
            throw Violation(.malformed, "a kind of stream that is not known")
        }
        let expiry = try reader.number(bytes)
        let name = try reader.field(bytes, limit: WireLimit.name)
        return .open(stream: stream, kind: kind, expiry: expiry, name: name)
    }

    private static func readGap(
        stream: UInt64,
        _ reader: inout FieldReader,
        _ bytes: RawSpan
    ) throws(Violation) -> Frame {
        let count = try reader.number(bytes)
        guard count > 0, count <= WireLimit.gapCount else {
            throw Violation(.malformed, "a gap of no numbers, or of too many")
        }
        let cause = try reader.code(bytes)
        let place = try reader.field(bytes, limit: WireLimit.text)
        return .gap(stream: stream, count: count, cause: cause, place: place)
    }
}

extension FieldReader {
    mutating func code(_ bytes: RawSpan) throws(Violation) -> SessionCode {
        SessionCode(rawValue: try number(bytes))
    }
}

extension Refusal {
    init(_ reader: inout FieldReader, _ bytes: RawSpan) throws(Violation) {
        code = try reader.code(bytes)
        retryAfterMilliseconds = try SessionTiming.milliseconds(&reader, bytes)
        text = try reader.text(bytes)
    }
}

extension Drain {
    init(_ reader: inout FieldReader, _ bytes: RawSpan) throws(Violation) {
        delayMilliseconds = try SessionTiming.milliseconds(&reader, bytes)
        withinMilliseconds = try SessionTiming.milliseconds(&reader, bytes)
        endpoint = try reader.text(bytes)
    }
}

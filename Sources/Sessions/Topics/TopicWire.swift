internal import SessionProtocol

/// What stands in the messages of topics (docs/session-protocol.md §10).
enum TopicWire {
    static let publish = "$publish"
    static let subscribe = "$subscribe"
    /// The name of a topic, in bytes.
    static let nameLimit = 255

    /// The first number of an answer.
    enum Answer: UInt64 {
        case position
        case entry
        case retained
        case subscribers
    }

    /// What to publish.
    struct Publication {
        var topic: WireName
        var isRetained: Bool
        var payload: [UInt8]

        var bytes: [UInt8] {
            var bytes: [UInt8] = []
            bytes.reserveCapacity(topic.bytes.count + payload.count + 3)
            bytes.append(field: topic.bytes)
            bytes.append(number: isRetained ? 1 : 0)
            bytes.append(contentsOf: payload)
            return bytes
        }
    }

    /// From where to read.
    struct Request {
        var topic: WireName
        /// 0: now, 1: an offset, 2: the last so many.
        var from: UInt64
        var value: UInt64
        var epoch: UInt64

        var bytes: [UInt8] {
            var bytes: [UInt8] = []
            bytes.append(field: topic.bytes)
            for number in [from, value, epoch] { bytes.append(number: number) }
            return bytes
        }
    }

    /// A topic's name; not repaired, because two names would become one.
    fileprivate static func readName(
        _ reader: inout FieldReader,
        _ bytes: RawSpan
    ) throws(Violation) -> WireName {
        let name = try reader.field(bytes, limit: nameLimit)
        guard String(validating: name, as: UTF8.self) != nil else { throw .unreadable }
        return WireName(bytes: name)
    }

    /// Numbers, then the rest.
    static func answer(_ kind: Answer, _ numbers: UInt64..., rest: [UInt8] = []) -> [UInt8] {
        var bytes: [UInt8] = []
        // In one allocation: a number has 8 bytes at most.
        bytes.reserveCapacity(1 + 8 * numbers.count + rest.count)
        bytes.append(number: kind.rawValue)
        for number in numbers { bytes.append(number: number) }
        bytes.append(contentsOf: rest)
        return bytes
    }

    /// Numbers alone.
    static func numbers(_ numbers: UInt64...) -> [UInt8] {
        var bytes: [UInt8] = []
        for number in numbers { bytes.append(number: number) }
        return bytes
    }
}

extension TopicWire.Publication {
    init(_ bytes: [UInt8]) throws(Violation) {
        var reader = FieldReader(0..<bytes.count)
        let span = bytes.rawSpan
        topic = try TopicWire.readName(&reader, span)
        let flag = try reader.number(span)
        isRetained = flag == 1
        payload = reader.rest(span)
        guard flag <= 1 else { throw .unreadable }
    }
}

extension TopicWire.Request {
    init(_ bytes: [UInt8]) throws(Violation) {
        var reader = FieldReader(0..<bytes.count)
        let span = bytes.rawSpan
        topic = try TopicWire.readName(&reader, span)
        from = try reader.number(span)
        value = try reader.number(span)
        epoch = try reader.number(span)
        try reader.finish()
        guard from <= 2 else { throw .unreadable }
    }
}

extension Violation {
    static let unreadable = Violation(.malformed, "a message of another form")
}

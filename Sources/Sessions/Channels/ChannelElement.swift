public import SessionProtocol

/// What a receiver is given: a message, or what stands in the place of some.
public enum ChannelElement: Hashable, Sendable {
    /// The next message.
    case message(Message)
    /// Messages that will not come, in their place: from, how many, why, and where to fetch them.
    case gap(Gap)

    /// A message of a log, a call, or a datagram.
    public struct Message: Hashable, Sendable {
        /// Its number in its flow, from 0.
        public let number: UInt64
        /// What its sender sent.
        public let bytes: [UInt8]

        /// Its bytes as text; what is not UTF-8 is replaced.
        public var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    /// The message, if it is one.
    public var message: Message? {
        if case .message(let message) = self { message } else { nil }
    }
}

extension ChannelElement {
    /// Nil for what is told otherwise.
    init?(_ taken: Taken) {
        switch taken {
        case .message(let number, let payload, _):
            self = .message(Message(number: number, bytes: payload))
        case .gap(let gap):
            self = .gap(gap)
        case .value, .end:
            return nil
        }
    }
}

/// What the receiver of a state is given.
public enum StateElement: Hashable, Sendable {
    /// The latest value of a key, and how many of its values were replaced before they could be sent.
    ///
    /// Keys are compared by bytes: composed and decomposed letters make two.
    case value(key: WireName, bytes: [UInt8], skippedCount: UInt64)
    /// Values that will not come: withdrawn by their sender, or too late.
    case gap(Gap)
}

extension StateElement {
    /// Nil for what is told otherwise.
    init?(_ taken: Taken) {
        switch taken {
        case .value(let key, let payload, let replacedCount):
            self = .value(
                key: WireName(bytes: key),
                bytes: payload,
                skippedCount: replacedCount
            )
        case .gap(let gap):
            self = .gap(gap)
        case .message(let number, _, _):
            // Not a value's form: the other end wrote it wrongly, and nobody can say what it means.
            self = .gap(Gap(first: number, cause: .malformed))
        case .end:
            return nil
        }
    }
}

internal import SessionProtocol

/// From where a subscription begins.
public enum TopicStart: Hashable, Sendable {
    /// What is published from now on.
    case now
    /// The last so many entries, then what follows.
    case last(Int)
    /// From a place on: where the one before ended, say.
    case position(TopicPosition)
}

/// What a subscriber sees of a topic.
public enum TopicEvent: Hashable, Sendable {
    /// Where the next entry will be: first of all, and when offsets have begun anew.
    case position(TopicPosition)
    /// An entry.
    case entry(TopicEntry)
    /// The value that stands for the topic, published before the first entry.
    case retained(TopicEntry)
    /// How many subscribers there are now.
    case subscribers(Int)
    /// Entries that are not kept any more: offsets from `first` up to, not including, `end`, of an epoch.
    case gap(epoch: UInt64, first: UInt64, end: UInt64)
}

extension TopicEvent {
    /// Nil for an answer of a later version, which is passed over.
    init?(_ element: ChannelElement) throws(Violation) {
        switch element {
        case .gap(let gap):
            var reader = FieldReader(0..<gap.place.count)
            let place = gap.place.rawSpan
            let epoch = try reader.number(place)
            let first = try reader.number(place)
            let end = try reader.number(place)
            self = .gap(epoch: epoch, first: first, end: end)
        case .message(let message):
            var reader = FieldReader(0..<message.bytes.count)
            let bytes = message.bytes.rawSpan
            guard let kind = TopicWire.Answer(rawValue: try reader.number(bytes)) else {
                return nil
            }
            let number = try reader.number(bytes)
            // The place behind an entry must be one too.
            guard kind != .entry || number < TopicPosition.greatest else {
                throw Violation(.malformed, "an offset behind which there is none")
            }
            switch kind {
            case .position:
                let next = try reader.number(bytes)
                self = .position(TopicPosition(epoch: number, offset: next))
            case .entry: self = .entry(TopicEntry(offset: number, bytes: reader.rest(bytes)))
            case .retained:
                self = .retained(TopicEntry(offset: number, bytes: reader.rest(bytes)))
            case .subscribers: self = .subscribers(Int(clamping: number))
            }
        }
    }
}

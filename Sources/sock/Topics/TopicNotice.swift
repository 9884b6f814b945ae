import Sessions

/// What a topic's entries go through, besides being printed.
enum TopicNotice {
    /// Entries are not kept any more: offsets from `first` up to, not including, `end`.
    case gap(epoch: UInt64, first: UInt64, end: UInt64)
    /// So many subscribe now.
    case subscribers(Int)
    /// An entry is there.
    case published(TopicPosition)
    /// A line of the input is not there, or nobody knows.
    case unpublished(line: Int, reason: String, code: SessionCode, isUnknown: Bool)

    /// Whether it is said without being asked for.
    var isAlwaysSaid: Bool {
        switch self {
        case .gap, .unpublished: true
        case .subscribers, .published: false
        }
    }

    /// The notice for a person.
    func words(of topic: String) -> String {
        let topic = topic.printable
        switch self {
        case .gap(_, let first, let end) where first >= end:
            return "sock: \(topic) has begun anew; nobody knows what was not read before"
        case .gap(_, let first, let end):
            let entries =
                end - first == 1 ? "entry \(first) is" : "entries \(first) to \(end - 1) are"
            return "sock: \(topic): \(entries) not kept any more"
        case .subscribers(let count):
            return "\(topic) has \(count) \(count == 1 ? "subscriber" : "subscribers")"
        case .published(let position):
            return "\(topic): entry \(position.offset) of epoch \(position.epoch)"
        case .unpublished(let line, let reason, _, let isUnknown):
            let outcome = isUnknown ? "may be published or not" : "is not published"
            return "sock: \(topic): line \(line) \(outcome): \(reason)"
        }
    }

    /// The notice for a program.
    ///
    /// An epoch has 62 bits, which numbers in JSON seldom survive: it is a text.
    func json(of topic: String) -> JSONLine {
        switch self {
        case .gap(let epoch, let first, let end):
            return [
                "event": .text("gap"), "topic": .text(topic),
                "epoch": .text("\(epoch)"),
                "first": .number(Int(clamping: first)), "end": .number(Int(clamping: end)),
            ]
        case .subscribers(let count):
            return [
                "event": .text("subscribers"), "topic": .text(topic), "count": .number(count),
            ]
        case .published(let position):
            return [
                "event": .text("published"), "topic": .text(topic),
                "epoch": .text("\(position.epoch)"),
                "offset": .number(Int(clamping: position.offset)),
            ]
        case .unpublished(let line, let reason, let code, let isUnknown):
            return [
                "event": .text("unpublished"), "topic": .text(topic), "line": .number(line),
                "unknown": .flag(isUnknown), "code": .text("\(code)"), "reason": .text(reason),
            ]
        }
    }
}

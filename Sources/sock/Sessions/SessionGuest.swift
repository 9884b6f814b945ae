import Sessions

/// The coming and going of a server's sessions.
enum SessionGuest {
    case came(SessionID, from: String)
    /// Nil when it was closed in good order.
    case left(SessionID, SessionStatistics, reason: String?)

    /// The event for a person.
    var words: String {
        switch self {
        case .came(let session, let peer): return "session \(session) from \(peer)"
        case .left(let session, let counts, let reason):
            let lost = counts.notDeliveredCount + counts.unknownCount
            let outcome =
                "took \(counts.takenCount) messages, sent \(counts.sentCount)"
                + (lost > 0 ? " (\(lost) not known to be delivered)" : "")
                + ", over \(counts.attachmentCount)"
                + (counts.attachmentCount == 1 ? " connection" : " connections")
            return "session \(session) is over: \(reason.map { "\($0); " } ?? "")\(outcome)"
        }
    }

    /// The event for a program.
    var json: JSONLine {
        switch self {
        case .came(let session, let peer):
            return [
                "event": .text("session_begun"), "session": .text("\(session)"),
                "peer": .text(peer),
            ]
        case .left(let session, let counts, let reason):
            return [
                "event": .text("session_ended"), "session": .text("\(session)"),
                "taken_count": .number(counts.takenCount), "sent_count": .number(counts.sentCount),
                "delivered_count": .number(counts.deliveredCount),
                "not_delivered_count": .number(counts.notDeliveredCount),
                "unknown_count": .number(counts.unknownCount),
                "connection_count": .number(counts.attachmentCount),
                "reason": .text(reason ?? ""),
            ]
        }
    }
}

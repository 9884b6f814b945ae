import Sessions
import Sockets

/// What a client's session goes through.
enum SessionNotice {
    /// It has begun.
    case begun(SessionID)
    /// No connection carries it; another is being made.
    case lost(reason: String)
    /// A new connection carries it: nothing was lost.
    case resumed
    /// The server did not know it any more: another has taken its place.
    case renewed(SessionID)
    /// The server is about to stop.
    case draining

    /// Whether it is said without being asked for.
    var isAlwaysSaid: Bool { if case .begun = self { false } else { true } }

    /// The notice for a person.
    func words(with peer: Endpoint) -> String {
        switch self {
        case .begun(let session): "session \(session) with \(peer)"
        case .lost(let reason):
            "sock: the connection to \(peer) is lost (\(reason)); connecting again"
        case .resumed: "sock: connected to \(peer) again; the session goes on"
        case .renewed:
            "sock: connected to \(peer) again, which has forgotten the session; a new one"
        case .draining: "sock: \(peer) is about to stop; connecting again when it says"
        }
    }

    /// The notice for a program.
    func json(with peer: Endpoint) -> JSONLine {
        var line: JSONLine = ["event": .text(name), "peer": .text("\(peer)")]
        switch self {
        case .begun(let session), .renewed(let session):
            line.append("session", .text("\(session)"))
        case .lost(let reason): line.append("reason", .text(reason))
        case .resumed, .draining: break
        }
        return line
    }

    private var name: String {
        switch self {
        case .begun: "session_begun"
        case .lost: "connection_lost"
        case .resumed: "session_resumed"
        case .renewed: "session_renewed"
        case .draining: "server_draining"
        }
    }
}

extension DetachCause {
    /// Why a connection does not carry its session any more; nil where the session's end says it.
    var words: String? {
        switch self {
        case .transportEnded: "it ended"
        case .silent: "nothing was heard for too long"
        case .evicted: "a newer one took over"
        case .refused(let refusal):
            refusal.text.isEmpty ? refusal.code.words : refusal.text.printable
        case .ended: nil
        }
    }
}

public import SessionProtocol

extension SessionError {
    /// One sentence for a person: what the other end said of it, or what its code means.
    ///
    /// Names of codes are for programs (``code``); of an application's own code, which has no name here,
    /// the number stands behind. What the other end said is as it came: escape it for a terminal.
    public var message: String {
        var sentence = reason
        if code.isOfApplication { sentence += " (\(code))" }
        switch receipt {
        case nil: break
        case .delivered?: sentence += "; the request was delivered"
        case .notDelivered?: sentence += "; the request was not delivered"
        case .unknown?: sentence += "; whether the request was delivered is unknown"
        }
        return sentence
    }

    private var reason: String {
        let said = text.isEmpty ? code.words : text
        return switch kind {
        case .failed, .reset, .storage: said
        case .ended where code == .closed && text.isEmpty: "\(kind)"
        case .ended, .refused: "\(kind): \(said)"
        default: text.isEmpty ? "\(kind)" : "\(kind): \(text)"
        }
    }
}

extension SessionCode {
    /// What it means, for a person: its name is for programs.
    public var words: String {
        switch self {
        case .ok: "all is well"
        case .cancelled: "it was cancelled"
        case .deadline: "its time was over"
        case .closed: "the other end has ended it"
        case .refused: "it is not allowed"
        case .unknownSession: "the server does not know the session any more"
        case .wrongTicket: "the session belongs to somebody else"
        case .staleEpoch: "a newer connection has taken the session over"
        case .unsupportedVersion: "the other end speaks no version that this one does"
        case .overloaded: "the other end has too much to do; try later"
        case .malformed: "the other end cannot read what it was sent"
        case .limit: "it is more than the other end takes"
        case .unknownFrame, .wrongState: "the other end broke a rule of the protocol"
        case .unknownName: "the other end has nothing of this name"
        case .draining: "the server is about to stop"
        case .dropped: "the queue was full"
        case .trimmed: "it is not kept any more"
        case .superseded: "a newer one has taken its place"
        case .expired: "there was no connection for too long"
        case .unacknowledged: "nobody says whether it arrived"
        default:
            isOfApplication
                ? "the other end refuses it" : "it failed, and the other end does not say why"
        }
    }

    /// Whether applications give it its meaning (docs/session-protocol.md §8).
    fileprivate var isOfApplication: Bool { rawValue >= 1_024 }
}

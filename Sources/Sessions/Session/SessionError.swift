public import SessionProtocol

/// Why something in a session could not be done.
///
/// Thrown where nothing was taken in: what becomes of a message that was is its `Receipt`.
public struct SessionError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure: an open set, so `switch` needs a default.
    public struct Kind: Hashable, Sendable, CustomStringConvertible {
        /// A few words.
        public let description: String

        init(_ description: String) { self.description = description }

        /// The session is over.
        public static let ended = Self("the session is over")
        /// A flow or a call has ended with a status that is not success.
        public static let failed = Self("it failed")
        /// A stream was ended at once, by either end.
        public static let reset = Self("it was given up")
        /// This end has ended the flow.
        public static let finished = Self("this end has finished it")
        /// The other end has ended the call, and takes no more of the request: what it said is in
        /// ``OutgoingCall/answers``, and the end of those is the call's outcome.
        public static let answered = Self("the other end has ended the call")
        /// More bytes than the other end takes in one message, name or key.
        public static let tooLong = Self("too long")
        /// Another task is reading there already.
        public static let busy = Self("another task is reading there")
        /// The task was cancelled.
        public static let cancelled = Self("cancelled")
        /// The deadline passed.
        public static let deadlinePassed = Self("deadline passed")
        /// The server refuses the attachment.
        public static let refused = Self("the server refuses")
        /// No endpoint could be connected to.
        public static let unreachable = Self("no endpoint could be reached")
        /// A file or folder could not be read or written.
        public static let storage = Self("storage")
        /// The other end answered with something that is no answer.
        public static let malformed = Self("malformed answer")
    }

    /// What kind of failure.
    public let kind: Kind
    /// The protocol's code for it.
    public let code: SessionCode
    /// More words: what the other end said, or which limit.
    public let text: String
    /// Of a call: what became of its request; if that was not delivered, the call has not run.
    public var receipt: Receipt?

    /// An error with what is known of it.
    public init(
        _ kind: Kind,
        _ code: SessionCode = .failed,
        _ text: String = "",
        receipt: Receipt? = nil
    ) {
        self.kind = kind
        self.code = code
        self.text = text
        self.receipt = receipt
    }

    /// One line, for logs.
    public var description: String { "session: \(message)" }
}

extension SessionError {
    static let cancelled = SessionError(.cancelled, .cancelled)
    static let deadlinePassed = SessionError(.deadlinePassed, .deadline)
    static let busy = SessionError(.busy, .wrongState)

    /// With the status of the answers, if the application knows it.
    static func answered(_ status: SessionCode?) -> Self { Self(.answered, status ?? .closed) }

    init(_ ending: SessionEnding) { self.init(.ended, ending.code, ending.words) }
}

extension SessionEnding {
    /// Who ended it, and what was said.
    var words: String {
        switch self {
        case .closed(_, let text): text
        case .refused(let refusal): refusal.text
        case .violation(let violation): "the other end broke a rule: \(violation.text)"
        case .fault(_, let text): "the other end says that this end broke a rule: \(text)"
        case .expired: "no connection for longer than the server keeps a session"
        case .abandoned: "this end gave it up"
        }
    }
}

import HTTPTypes

/// The requests that wait for responses, first sent first, as far as framing cares about them.
struct ExpectedResponses: Sendable {
    /// The methods whose responses are framed differently (RFC 9112 §6.3).
    enum Method: UInt8, Sendable {
        case head
        case connect
        case other

        init(_ method: HTTPRequest.Method) {
            self =
                switch method {
                case .head: .head
                case .connect: .connect
                default: .other
                }
        }
    }

    private var methods: [Method] = []

    /// How many of them were answered: removed all at once, so that a long pipeline costs nothing.
    private var answered = 0

    /// The next that will be answered.
    var first: Method? { answered < methods.count ? methods[answered] : nil }

    mutating func append(_ method: HTTPRequest.Method) {
        methods.append(Method(method))
    }

    mutating func removeFirst() {
        answered += 1
        guard answered * 2 > methods.count else { return }
        methods.removeFirst(answered)
        answered = 0
    }
}

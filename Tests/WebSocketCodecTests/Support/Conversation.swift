import WebSocketCodec

/// What one end made of the bytes it was given.
struct Conversation: Equatable {
    enum Seen: Equatable {
        case text(String)
        case binary([UInt8])
        case ping([UInt8])
        case pong([UInt8])
        case close(WebSocketClose)
        case violation(WebSocketViolation)
    }

    var seen: [Seen] = []
    var output: [UInt8] = []
    var state = WebSocketState.open

    /// How many messages and control frames lay in the input itself.
    var inPlaceCount = 0

    /// What was wrong, if something was.
    var cause: WebSocketViolation.Cause? {
        for case .violation(let violation) in seen { return violation.cause }
        return nil
    }

    static func == (one: Self, other: Self) -> Bool {
        one.seen == other.seen && one.output == other.output && one.state == other.state
    }
}

extension Conversation {
    /// Gives a machine one input, as a driver does.
    mutating func receive(_ input: [UInt8], by machine: inout WebSocketMachine) {
        var input = input
        input.write { span in
            var consumed = 0
            do throws(WebSocketViolation) {
                while let event = try machine.next(&span, consumed: &consumed, output: &output) {
                    note(event, in: span)
                }
            } catch {
                seen.append(.violation(error))
            }
            precondition(consumed == span.byteCount, "bytes left over after nil")
        }
        state = machine.state
    }

    private mutating func note(_ event: WebSocketEvent, in input: borrowing MutableRawSpan) {
        switch event {
        case .text(let payload):
            note(payload)
            seen.append(.text(payload.text(in: input)))
        case .binary(let payload):
            note(payload)
            seen.append(.binary(payload.array(in: input)))
        case .ping(let payload):
            note(payload)
            seen.append(.ping(payload.array(in: input)))
        case .pong(let payload):
            note(payload)
            seen.append(.pong(payload.array(in: input)))
        case .close(let close): seen.append(.close(close))
        }
    }

    private mutating func note(_ payload: WebSocketPayload) {
        if case .received = payload { inPlaceCount += 1 }
    }
}

/// How one end is set up.
struct Setup {
    var isServer = true
    var limits = WebSocketLimits()
    var compression: PermessageDeflate?

    /// This end's close is sent before anything is received.
    var closesFirst = false

    func machine() -> WebSocketMachine {
        let role: WebSocketRole = isServer ? .server : .client(maskingKeys: CountingKeys())
        return WebSocketMachine(role, limits: limits, compression: compression)
    }

    /// What a fresh end makes of inputs.
    func receive(_ inputs: [[UInt8]]) -> Conversation {
        var machine = machine()
        var conversation = Conversation()
        if closesFirst { machine.close(.goingAway, to: &conversation.output) }
        for input in inputs { conversation.receive(input, by: &machine) }
        return conversation
    }
}

/// Masking keys 1, 2, 3, …: what a client sends can be written down as literals.
struct CountingKeys: RandomNumberGenerator, Sendable {
    private var last: UInt64 = 0

    mutating func next() -> UInt64 {
        last += 1
        return last
    }
}

/// What a server makes of bytes that come in one piece.
func received(_ wire: [UInt8], limits: WebSocketLimits = WebSocketLimits()) -> Conversation {
    Setup(limits: limits).receive([wire])
}

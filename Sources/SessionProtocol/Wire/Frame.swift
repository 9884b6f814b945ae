/// One frame of the protocol (docs/session-protocol.md): reading is in `Frame+Reading`, writing in
/// `Frame+Writing`.
enum Frame: Hashable, Sendable {
    // Once a connection and large: indirect, or every frame would be as large.
    indirect case attach(AttachRequest)
    indirect case accept(Acceptance)
    indirect case refuse(Refusal)
    case acknowledge(receivedCount: UInt64)
    case ping(clock: UInt64)
    case pong(echo: UInt64, clock: UInt64)
    indirect case drain(Drain)
    case fault(SessionCode, text: String)
    case datagram(stream: UInt64, number: UInt64, payload: [UInt8])

    case open(stream: UInt64, kind: StreamKind, expiry: UInt64, name: [UInt8])
    case taken(stream: UInt64, count: UInt64)
    case skipped(stream: UInt64, number: UInt64, cause: SessionCode)
    case cancel(stream: UInt64, number: UInt64)
    case gap(stream: UInt64, count: UInt64, cause: SessionCode, place: [UInt8])
    case end(stream: UInt64, status: SessionCode, detail: [UInt8])
    case reset(stream: UInt64, code: SessionCode, takenCount: UInt64)
    case bye(SessionCode, text: String)
    case message(MessageHeader, payload: [UInt8])

    /// An extension this version does not know: passed over.
    case unknown(isNumbered: Bool)

    enum Kind: UInt8 {
        case attach = 0x01
        case accept
        case refuse
        case acknowledge
        case ping
        case pong
        case drain
        case fault
        case datagram
        case open = 0x20
        case taken
        case skipped
        case cancel
        case gap
        case end
        case reset
        case bye
    }

    /// Whether only this end's application makes it, and the other end neither causes nor answers for it.
    var isCommand: Bool {
        switch self {
        case .open, .cancel: true
        default: false
        }
    }

    /// The same, of a frame on the wire.
    static func isCommand(type: UInt8) -> Bool {
        type == Kind.open.rawValue || type == Kind.cancel.rawValue
    }

    /// Whether the link counts it, keeps it and sends it again.
    var isNumbered: Bool {
        switch self {
        case .attach, .accept, .refuse, .acknowledge, .ping, .pong, .drain, .fault, .datagram:
            false
        case .open, .taken, .skipped, .cancel, .gap, .end, .reset, .bye, .message:
            true
        case .unknown(let isNumbered):
            isNumbered
        }
    }
}

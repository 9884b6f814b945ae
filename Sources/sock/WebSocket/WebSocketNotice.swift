import HTTP
import Sockets
import WebSocketCodec

/// What the ends of a WebSocket tell each other besides messages (RFC 6455 §5.5).
enum WebSocketNotice {
    case ping(size: Int)
    case pong(size: Int)
    case close(WebSocketClose)

    init(_ frame: WebSocketControlFrame) {
        self =
            switch frame {
            case .ping(let size): .ping(size: size)
            case .pong(let size): .pong(size: size)
            }
    }

    /// What follows the peer's name.
    var words: String {
        switch self {
        case .ping(let size): return "pings (\(size) bytes)"
        case .pong(let size): return "answers a ping (\(size) bytes)"
        case .close(let close): return "closes: \(close.words)"
        }
    }

    func json(of peer: Endpoint) -> JSONLine {
        switch self {
        case .ping(let size):
            return ["event": .text("ping"), "peer": .text("\(peer)"), "size": .number(size)]
        case .pong(let size):
            return ["event": .text("pong"), "peer": .text("\(peer)"), "size": .number(size)]
        case .close(let close):
            return [
                "event": .text("close"), "peer": .text("\(peer)"),
                "code": .number(Int(close.code.rawValue)), "reason": .text(close.reason),
            ]
        }
    }
}

extension WebSocketClose {
    /// `1008 (policy violation), “no token”`.
    var words: String { reason.isEmpty ? "\(code)" : "\(code), “\(reason.printable)”" }

    /// Whether the peer just had no more to say.
    var isOrderly: Bool { code == .normal || code == .goingAway || code == .noStatus }
}

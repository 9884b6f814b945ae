internal import HTTPCodec
public import WebSocketCodec

/// How one end of a WebSocket behaves.
public struct WebSocketConfiguration: Sendable {
    /// What the peer may make grow.
    public var limits = WebSocketLimits()

    /// Whether messages may be compressed (RFC 7692): a client offers it, a server agrees to it.
    ///
    /// Off: what is secret and what an attacker may choose must not share a message then (CRIME), and
    /// small messages, which most are, cost more than they save.
    public var compresses = false

    /// After so long without a byte from the peer it is pinged.
    ///
    /// After as long again without one it is given up, with ``Sockets/SocketError/Code/timedOut``. Nil
    /// never asks.
    ///
    /// 30 s: below what routers forget an idle connection after, mostly a minute and more.
    public var pingInterval: Duration? = .seconds(30)

    /// How long the peer may take to answer a close frame, or to end the stream after it.
    public var closeTimeLimit = Duration.seconds(5)

    /// How slowly the peer may take what is sent.
    public var pace = HTTPPace()

    /// The protocols that may be spoken inside (RFC 6455 §1.9), most wanted first.
    ///
    /// A client offers them; a server chooses the first of its own that the client offers.
    public var subprotocols: [String] = []

    /// Which pages may connect; servers only.
    public var origins = WebSocketOrigins.sameHost

    /// Told of the peer's pings and pongs, which need nothing done; called by who receives.
    ///
    /// Must not block.
    public var onControlFrame: (@Sendable (WebSocketControlFrame) -> Void)?

    /// The defaults.
    public init() {}
}

/// A frame of a peer's that is no message and ends nothing (RFC 6455 §5.5).
public enum WebSocketControlFrame: Hashable, Sendable {
    /// A ping of so many bytes; it is answered.
    case ping(size: Int)
    /// A pong of so many bytes, asked for or not.
    case pong(size: Int)
}

/// Which pages may open a WebSocket to a server: browsers say in `Origin` where a script is from
/// (RFC 6455 §10.2), and send the user's cookies along wherever it is from.
public enum WebSocketOrigins: Sendable {
    /// Those the same host and port has served. Clients that are no browsers say no origin, and may.
    case sameHost

    /// Any: for what is public and knows no cookies.
    case any

    /// These: `https://example.org`. Clients that say no origin may.
    case only(Set<String>)

    func allows(_ origin: String?, host: String?) -> Bool {
        guard let origin else { return true }
        switch self {
        case .any: return true
        case .only(let origins): return origins.contains { $0.isSameBytes(as: origin) }
        case .sameHost:
            guard let host, let separator = origin.utf8.firstRange(of: "://".utf8) else {
                return false
            }
            return origin[separator.upperBound...].isSameBytesIgnoringCase(as: host)
        }
    }
}

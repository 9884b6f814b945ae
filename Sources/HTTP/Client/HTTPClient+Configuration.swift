public import HTTPCodec
internal import Sockets
public import TLS

extension HTTPClient {
    /// How a client behaves towards servers.
    ///
    /// ```swift
    /// var configuration = HTTPClient.Configuration()
    /// configuration.redirects = HTTPRedirects()
    /// configuration.connector = .endpoint("unix:/run/service")
    /// ```
    public struct Configuration: Sendable {
        /// What a response may be made of.
        public var limits = HTTPLimits.ofResponses

        /// How many connections are kept, and for how long.
        public var pool = PoolLimits()

        /// How a stream to an origin is made.
        public var connector = HTTPConnector.direct

        /// What https trusts, and who the client is; nil for the system's roots and nobody.
        ///
        /// Offer `http/1.1` by ALPN, or nothing.
        public var tls: TLSClientConfiguration?

        /// How long connecting may take, names and every address included.
        ///
        /// Arbitrary: three lost SYNs.
        public var connectTimeLimit = Duration.seconds(10)

        /// How long the TLS handshake may take.
        public var handshakeTimeLimit = Duration.seconds(10)

        /// How long a response's head may take once the request is sent.
        ///
        /// nginx waits 60 s for those it stands before.
        public var headTimeLimit = Duration.seconds(60)

        /// How long a body is held back for `100 Continue` before it is sent anyway (RFC 9110 §10.1.1).
        ///
        /// curl waits a second.
        public var continueTimeLimit = Duration.seconds(1)

        /// How slowly a response's body may come, and a request be taken; nil for any pace, as streams
        /// of events need.
        ///
        /// Only the time spent waiting counts: a handler may take as long as it likes.
        public var pace: HTTPPace? = HTTPPace()

        /// Whether redirects are followed, and which; nil for none.
        public var redirects: HTTPRedirects?

        /// Fields of every request that does not have them itself.
        public var fields: HTTPFields = [.userAgent: "switchboard"]

        /// The defaults.
        public init() {}
    }

    /// What a client keeps between requests.
    public struct PoolLimits: Hashable, Sendable {
        /// The most connections to one origin, at work or resting; who wants another waits for its turn.
        ///
        /// Six is what browsers open.
        public var connectionsPerOrigin = 6

        /// The most connections that rest, of all origins together; beyond it, the oldest is closed.
        ///
        /// Arbitrary.
        public var idleConnections = 64

        /// How long a connection rests before it is closed.
        ///
        /// nginx keeps its side 75 s: we go first, which costs nobody a failed request.
        public var idleTime = Duration.seconds(60)

        /// The defaults.
        public init() {}

        func check() {
            precondition(connectionsPerOrigin > 0, "a client without connections")
            precondition(idleConnections >= 0, "a negative limit")
        }
    }
}

/// Which redirects are followed (RFC 9110 §15.4).
public struct HTTPRedirects: Hashable, Sendable {
    /// The most in a row.
    ///
    /// Browsers follow 20; curl 30; RFC 9110 §10.2.2 once said 5.
    public var limit = 10

    /// Whether `https` may lead to `http`, where everybody on the way can read and change what follows.
    public var allowsPlaintext = false

    /// The defaults.
    public init() {}
}

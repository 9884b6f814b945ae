public import HTTPCodec
public import Sockets

extension HTTPServer {
    /// How a server behaves towards its clients.
    ///
    /// ```swift
    /// var configuration = HTTPServer.Configuration()
    /// configuration.limits.bodySize = 1 << 20
    /// configuration.idleLimit = .seconds(15)
    /// ```
    public struct Configuration: Sendable {
        /// What a request may be made of.
        public var limits = HTTPLimits()

        /// How long a head may take from its first byte to its last; then 408.
        ///
        /// Heads are one packet; 10 s is what a bad radio link needs.
        public var headTimeLimit = Duration.seconds(10)

        /// How long a connection is kept without a request.
        ///
        /// nginx keeps it 75 s.
        public var idleLimit = Duration.seconds(75)

        /// How slowly a request's body may come, and a response may be taken.
        public var pace = HTTPPace()

        /// How long a client may acknowledge nothing of what it is sent, be it that it is gone or that it
        /// takes nothing; then the connection ends with ``Sockets/SocketError/Code/timedOut``.
        ///
        /// TCP_USER_TIMEOUT, in steps of a millisecond; zero leaves it to the kernel, which waits for ever
        /// for a client that is there and takes nothing. 60 s is nginx's `send_timeout`.
        public var acknowledgementLimit = Duration.seconds(60)

        /// How much of a body that nobody read is taken in, in bytes, to keep the connection; beyond it
        /// the connection is closed after the response.
        ///
        /// Arbitrary: what a round trip costs less than.
        public var unreadBodyLimit: UInt64 = 65_536

        /// How long the rest of what a refused client sends is thrown away, so that it gets to read why.
        ///
        /// Closing with bytes unread resets the connection, which can destroy the answer on its way
        /// (RFC 9112 §9.6).
        public var lingerLimit = Duration.seconds(2)

        /// How long requests may go on after a shutdown has begun.
        public var drainLimit = Duration.seconds(10)

        /// How long a client may take for the TLS handshake.
        public var handshakeTimeLimit = Duration.seconds(10)

        /// Where it listens, how many connections it takes, where it logs.
        public var listener = StreamListener.Configuration()

        /// Called after each exchange, on its connection's thread.
        ///
        /// Must not block.
        public var onExchange: (@Sendable (HTTPExchangeRecord) -> Void)?

        /// The defaults.
        public init() {}
    }
}

internal import Sockets
internal import TLS

/// How a client speaks TLS, made when it first has to: reading the system's roots is not free.
final class ClientSecurity: Sendable {
    private let made = Lock<TLSClientConfiguration?>(nil)

    /// What HTTP/1.1 is called in ALPN (RFC 7301 §6).
    static let protocolName = "http/1.1"

    /// The one that is given, or that of all connections of this client.
    func configuration(
        _ given: TLSClientConfiguration?
    ) throws(SocketError) -> TLSClientConfiguration {
        if let given { return given }
        return try made.withLock { made throws(SocketError) in
            if let made { return made }
            let new = try TLSClientConfiguration(applicationProtocols: [Self.protocolName])
            made = new
            return new
        }
    }
}

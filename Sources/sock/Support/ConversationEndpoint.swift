import Sockets

extension Endpoint {
    /// Whether it is for plain datagrams.
    var isDatagram: Bool { scheme == .udp || scheme == .unixDatagram }

    /// Whether what is spoken there is encrypted.
    var isSecure: Bool { scheme == .tls || scheme == .wss }

    /// The endpoint a person wrote, for a command that talks to one peer over whatever carries it.
    ///
    /// - Throws: A usage failure that shows where the mistake is.
    static func conversation(_ text: String) throws(Failure) -> Endpoint {
        let endpoint = try parsed(text)
        switch endpoint.scheme {
        case .tcp, .unix, .udp, .unixDatagram, .tls, .ws, .wss: return endpoint
        case .unixSeqpacket:
            throw Failure(
                .usage,
                "\(endpoint) is nothing this command can talk over: it takes tcp, tls, ws, wss, unix,"
                    + " udp and unix-datagram endpoints"
            )
        }
    }

    /// The endpoint a person wrote, for a command that speaks over a stream of bytes of any kind.
    ///
    /// - Throws: A usage failure that shows where the mistake is.
    static func session(_ text: String) throws(Failure) -> Endpoint {
        let endpoint = try parsed(text)
        switch endpoint.scheme {
        case .tcp, .unix, .tls, .ws, .wss: return endpoint
        case .udp, .unixDatagram, .unixSeqpacket:
            throw Failure(
                .usage,
                "\(endpoint) carries no session: this command takes tcp, tls, ws, wss and unix"
                    + " endpoints"
            )
        }
    }

    /// Where the stream below goes: the same place as plain TCP.
    var transport: Endpoint {
        guard isSecure || scheme.isWebSocket else { return self }
        do {
            return try Endpoint(scheme: .tcp, host: host, port: port)
        } catch {
            preconditionFailure("an endpoint's host and port go with TCP: \(error)")
        }
    }

    /// The endpoint of a resolved address at which something is spoken above a stream.
    init(_ address: SocketAddress, speaking scheme: Scheme, path: String = "") {
        guard scheme != .tcp, let ip = address.ip, let port = address.port,
            let endpoint = try? Endpoint(scheme: scheme, host: .ip(ip), port: port, path: path)
        else {
            self.init(address)
            return
        }
        self = endpoint
    }
}

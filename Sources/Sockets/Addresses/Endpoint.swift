/// Where to listen or to connect, as a person writes it and before any name is resolved.
///
/// ```swift
/// let room: Endpoint = "localhost:12345"    // a literal: wrong text stops the program
/// let other = try Endpoint(arguments[1])    // text from the world: wrong text throws
/// ```
/// The forms: `localhost:12345` and `tcp://h:1`; `:12345` and `*:12345` (any address, to listen
/// on); `[::1]:80`, `[fe80::1%eth0]:80`; `udp://[::1]:53`; `tls://h:443`; `ws://h/path` and
/// `wss://h/path`; `unix:/run/x`, `unix:@abstract`, `unix:*` (the kernel chooses the name) and
/// the same with `unix-datagram:` and `unix-seqpacket:`.
public struct Endpoint: Hashable, Sendable {
    /// What is spoken there.
    public let scheme: Scheme

    /// Where it is: ``Host/unix(_:)`` for the Unix schemes always, for the others never.
    public let host: Host

    /// The port; 0 to let the kernel choose one to listen on, and always for Unix sockets.
    public let port: UInt16

    /// The path and query of ws and wss, beginning with `/`; empty for the others.
    public let path: String

    /// Reads an endpoint in any of the forms above.
    ///
    /// `Endpoint("…")` with a literal is the literal and not this initialiser: it does not throw.
    ///
    /// - Throws: ``AddressParseError``, which says where.
    public init(_ text: some StringProtocol) throws(AddressParseError) {
        var parser = try AddressParser(text, for: "endpoint")
        self = try parser.endpoint()
    }

    /// An endpoint from its parts.
    ///
    /// - Parameters:
    ///   - scheme: What is spoken there.
    ///   - host: Where it is; a name is read as ``Host/init(_:)`` reads it.
    ///   - port: The port; may be left out for ws, wss and Unix sockets.
    ///   - path: The path and query for ws and wss; left out, it is `/`.
    /// - Throws: ``AddressParseError`` for a bad name or path, and for parts that do not go together.
    public init(
        scheme: Scheme,
        host: Host,
        port: UInt16? = nil,
        path: String = ""
    ) throws(AddressParseError) {
        // What a combination of parts is refused by: its scheme stands for the input.
        let whole = try AddressParser(scheme.rawValue, for: "endpoint")
        let all = whole.bytes.indices
        switch host {
        case .unix(let address):
            guard scheme.isUnix, port ?? 0 == 0, path.isEmpty else {
                throw whole.failure(
                    "a Unix address has no port and no path, and goes with a Unix scheme",
                    in: all
                )
            }
            self.init(unchecked: scheme, host: .unix(address), port: 0, path: "")
        case .any, .ip, .name:
            guard !scheme.isUnix else {
                throw whole.failure("\(scheme) takes a Unix address, not a host", in: all)
            }
            guard let port = port ?? scheme.defaultPort else {
                throw whole.failure("\(scheme) has no default port, and none is given", in: all)
            }
            var host = host
            if case .name(let name) = host { host = try Host(name) }
            var parser = try AddressParser(path, for: "endpoint path")
            self.init(
                unchecked: scheme,
                host: host,
                port: port,
                path: try parser.endpointPath(scheme: scheme)
            )
        }
    }

    /// The endpoint of a resolved address, as a plain stream or for plain datagrams.
    public init(_ address: SocketAddress, isDatagram: Bool = false) {
        let network = isDatagram ? Scheme.udp : .tcp
        let local = isDatagram ? Scheme.unixDatagram : .unix
        switch address {
        case .v4(let ip, let port):
            self.init(unchecked: network, host: .ip(.v4(ip)), port: port, path: "")
        case .v6(let ip, let port):
            self.init(unchecked: network, host: .ip(.v6(ip)), port: port, path: "")
        case .unix(let unix):
            self.init(unchecked: local, host: .unix(unix), port: 0, path: "")
        }
    }

    /// An endpoint of parts that are known to be right and to go together.
    init(unchecked scheme: Scheme, host: Host, port: UInt16, path: String) {
        self.scheme = scheme
        self.host = host
        self.port = port
        self.path = path
    }

    /// The address, if it is written out: nil for a name, and for any.
    public var socketAddress: SocketAddress? {
        switch host {
        case .ip(let ip): SocketAddress(ip, port: port)
        case .unix(let address): .unix(address)
        case .name, .any: nil
        }
    }
}

extension Endpoint: ExpressibleByStringLiteral {
    /// The endpoint a literal in the program's own text says; a literal that says none is a
    /// mistake of the program, which stops with the sentence of the error.
    public init(stringLiteral text: String) {
        do {
            self = try Endpoint(text)
        } catch {
            // Not preconditionFailure, which keeps the sentence to itself in a release build.
            fatalError(error.message)
        }
    }
}

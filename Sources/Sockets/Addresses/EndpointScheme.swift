extension Endpoint {
    /// What is spoken at an endpoint: the word before its first colon.
    public enum Scheme: String, Hashable, Sendable, CaseIterable {
        /// A TCP stream (RFC 9293).
        case tcp

        /// UDP datagrams (RFC 768).
        case udp

        /// A Unix stream socket (unix(7)).
        case unix

        /// A Unix datagram socket (unix(7)).
        case unixDatagram = "unix-datagram"

        /// A Unix sequenced-packet socket: a connection of messages (unix(7)).
        case unixSeqpacket = "unix-seqpacket"

        /// TLS over TCP (RFC 8446).
        case tls

        /// A WebSocket over TCP (RFC 6455).
        case ws

        /// A WebSocket over TLS (RFC 6455).
        case wss

        /// The port of an endpoint that names none: 80 for ws and 443 for wss (RFC 6455 §3).
        public var defaultPort: UInt16? {
            switch self {
            case .ws: 80
            case .wss: 443
            case .tcp, .udp, .unix, .unixDatagram, .unixSeqpacket, .tls: nil
            }
        }

        /// Whether the endpoint is a Unix address in place of a host and a port.
        public var isUnix: Bool {
            self == .unix || self == .unixDatagram || self == .unixSeqpacket
        }

        /// Whether what is sent is datagrams and not a stream.
        public var isDatagram: Bool { self == .udp || self == .unixDatagram }

        /// Whether the endpoint has a path.
        public var isWebSocket: Bool { self == .ws || self == .wss }
    }
}

extension Endpoint.Scheme: CustomStringConvertible {
    /// The word as it is written in an endpoint.
    public var description: String { rawValue }
}

extension AddressParser {
    /// Reads the scheme and what divides it from the rest; an endpoint without one is TCP.
    mutating func endpointScheme() throws(AddressParseError) -> Endpoint.Scheme {
        let wordEnd = index(ofAny: ":/?#[@")
        let word = position..<wordEnd
        let colonAndSlashes = [UInt8(ascii: ":"), UInt8(ascii: "/"), UInt8(ascii: "/")]
        let isURL = bytes[wordEnd...].starts(with: colonAndSlashes)
        guard isURL || bytes[wordEnd...].first == UInt8(ascii: ":") else { return .tcp }
        let text = bytes[word].prefix(32).map(AddressText.lowercased)
        guard let scheme = Endpoint.Scheme(rawValue: String(decoding: text, as: UTF8.self)) else {
            guard isURL else { return .tcp }
            let known = Endpoint.Scheme.allCases.map(\.rawValue).joined(separator: ", ")
            throw failure("the scheme '\(quote(word))' is not one of \(known)", in: word)
        }
        if scheme.isUnix {
            position = wordEnd + 1
            return scheme
        }
        guard isURL else {
            // "udp:53" must not become the port 53 of a host called "udp".
            throw failure(
                "'//' is missing here: write \(scheme)://host:port",
                at: wordEnd + 1,
                length: 0
            )
        }
        position = wordEnd + colonAndSlashes.count
        return scheme
    }
}

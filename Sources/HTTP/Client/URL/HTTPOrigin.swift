public import Sockets

/// Who answers: scheme, host and port (RFC 6454 §4).
///
/// Connections are shared within one, and secrets stay there.
public struct HTTPOrigin: Hashable, Sendable, CustomStringConvertible {
    /// Whether TLS is spoken.
    public let isSecure: Bool

    /// A name in lower case, or an address.
    public let host: Endpoint.Host

    /// The port, also where a URL leaves it out.
    public let port: UInt16

    init(isSecure: Bool, host: Endpoint.Host, port: UInt16) {
        self.isSecure = isSecure
        self.host = host
        self.port = port
    }

    /// As a URL without path: `https://example.org`, the port only where it is not the scheme's own.
    public var description: String { (isSecure ? "https://" : "http://") + urlAuthority }

    /// Host, and the port unless it is the scheme's own: what `Host` says (RFC 9110 §7.2).
    ///
    /// Without the zone of an IPv6 address, which means nothing to the server (RFC 6874 §4).
    public var authority: String { withPort("\(host.withoutZone)") }

    /// The same with the zone, as it reads back.
    var urlAuthority: String { withPort("\(host)".replacing("%", with: "%25")) }

    private func withPort(_ host: String) -> String {
        port == Self.defaultPort(isSecure: isSecure) ? host : "\(host):\(port)"
    }

    /// The host as a certificate names it: without brackets, zone, and the dot at its end.
    var certificateName: String {
        switch host.withoutZone {
        case .ip(.v6(let address)): "\(address)"
        case .name(let name) where name.hasSuffix("."): String(name.dropLast())
        default: "\(host)"
        }
    }

    /// 80, and 443 with TLS (RFC 9110 §4.2).
    static func defaultPort(isSecure: Bool) -> UInt16 { isSecure ? 443 : 80 }
}

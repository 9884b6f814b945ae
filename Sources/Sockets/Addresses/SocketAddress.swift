/// The resolved address of a socket: what bind, connect and accept speak of.
///
/// Text that may name a host is an ``Endpoint``; resolving one gives socket addresses.
///
/// ```swift
/// let address = SocketAddress.v4(.loopback, port: 12345)
/// print(address)  // 127.0.0.1:12345
/// ```
public enum SocketAddress: Hashable, Sendable {
    /// An IPv4 address and a port.
    case v4(IPv4Address, port: UInt16)

    /// An IPv6 address and a port.
    case v6(IPv6Address, port: UInt16)

    /// A Unix socket's path or name.
    case unix(UnixAddress)

    /// An address of either IP family and a port.
    public init(_ ip: IPAddress, port: UInt16) {
        switch ip {
        case .v4(let address): self = .v4(address, port: port)
        case .v6(let address): self = .v6(address, port: port)
        }
    }

    /// Reads an address as ``description`` prints it.
    ///
    /// - Throws: ``AddressParseError``, which says where.
    public init(_ text: some StringProtocol) throws(AddressParseError) {
        var parser = try AddressParser(text, for: "socket address")
        self = try parser.socketAddress()
    }

    /// The IP address, or nil for a Unix socket.
    public var ip: IPAddress? {
        switch self {
        case .v4(let address, _): .v4(address)
        case .v6(let address, _): .v6(address)
        case .unix: nil
        }
    }

    /// The port, or nil for a Unix socket.
    public var port: UInt16? {
        switch self {
        case .v4(_, let port), .v6(_, let port): port
        case .unix: nil
        }
    }
}

extension SocketAddress: Comparable {
    /// IPv4, then IPv6, then Unix; within a family by address, then by port.
    public static func < (left: SocketAddress, right: SocketAddress) -> Bool {
        switch (left, right) {
        case (.v4(let left, let leftPort), .v4(let right, let rightPort)):
            (left, leftPort) < (right, rightPort)
        case (.v6(let left, let leftPort), .v6(let right, let rightPort)):
            (left, leftPort) < (right, rightPort)
        case (.unix(let left), .unix(let right)): left < right
        case (.v4, _), (.v6, .unix): true
        case (_, .v4), (.unix, .v6): false
        }
    }
}

extension SocketAddress: CustomStringConvertible {
    /// `127.0.0.1:80`, `[::1]:80`, `[fe80::1%eth0]:80`, `unix:/run/x`, `unix:@name`, `unix:*`.
    public var description: String {
        switch self {
        case .v4(let address, let port): "\(address):\(port)"
        case .v6(let address, let port): "[\(address)]:\(port)"
        case .unix(let address): "unix:\(address)"
        }
    }
}

extension AddressParser {
    mutating func socketAddress() throws(AddressParseError) -> SocketAddress {
        if isNext(word: "unix:") {
            position += "unix:".utf8.count
            return .unix(try unixAddressAfterScheme())
        }
        let ip: IPAddress
        if isNext("[") {
            ip = .v6(try bracketedIPv6Address())
        } else {
            try refuseBareIPv6(until: bytes.count)
            guard let byte = peek(), AddressText.isDigit(byte) else {
                throw failure(
                    "no IP address is here, nor unix: (host names are resolved through an endpoint)",
                    length: isAtEnd ? 0 : 1
                )
            }
            ip = .v4(try ipv4Address())
        }
        guard take(":") else {
            try expectEnd()
            throw failure("a port is missing here, as in 127.0.0.1:12345", length: 0)
        }
        return try SocketAddress(ip, port: port(until: bytes.count))
    }

    /// - Throws: if there is more than one colon before `end`: `::1:80` could be an address, or a
    ///   shorter one and a port.
    func refuseBareIPv6(until end: Int) throws(AddressParseError) {
        guard hasColons(until: end) else { return }
        throw failure(
            "several colons do not tell an address from a port: "
                + "write an IPv6 address in brackets, as in [::1]:80",
            in: position..<end
        )
    }
}

extension Endpoint: CustomStringConvertible {
    /// The endpoint with its scheme: `tcp://localhost:12345`, `ws://h/p`, `tcp://*:80`, `unix:/run/x`.
    ///
    /// It reads back as the same endpoint. A default port is left out (RFC 3986 §6.2.3).
    public var description: String {
        if scheme.isUnix { return "\(scheme):\(host)" }
        if port == scheme.defaultPort { return "\(scheme)://\(host)\(path)" }
        return "\(scheme)://\(host):\(port)\(path)"
    }
}

extension AddressParser {
    /// Reads an endpoint that is all of the input.
    mutating func endpoint() throws(AddressParseError) -> Endpoint {
        try refuseIncomplete()
        let scheme = try endpointScheme()
        if scheme.isUnix {
            let address = try unixAddressAfterScheme()
            return Endpoint(unchecked: scheme, host: .unix(address), port: 0, path: "")
        }
        let end = index(ofAny: "/?#")
        if let place = bytes[position..<end].firstIndex(of: UInt8(ascii: "@")) {
            throw failure("'@' is here, and an endpoint takes no user name", at: place)
        }
        let host = try endpointHost(until: end, inURL: scheme.isWebSocket)
        let port = try endpointPort(scheme: scheme, until: end)
        let path = try endpointPath(scheme: scheme)
        return Endpoint(unchecked: scheme, host: host, port: port, path: path)
    }

    /// - Throws: a hint for the texts that lack just their beginning.
    private func refuseIncomplete() throws(AddressParseError) {
        guard !isAtEnd else {
            throw failure("it is empty: write host:port, as in localhost:12345", length: 0)
        }
        if isNext("/") {
            throw failure("a path alone is no endpoint: write unix: before it")
        }
        if isNext("@") {
            throw failure("an abstract name alone is no endpoint: write unix: before it")
        }
        if bytes.allSatisfy(AddressText.isDigit) {
            let all = 0..<bytes.count
            throw failure("a number alone is no endpoint: for a port write :\(quote(all))", in: all)
        }
    }

    /// Reads the host that stands before a port, or before `end`.
    private mutating func endpointHost(
        until end: Int,
        inURL: Bool
    ) throws(AddressParseError) -> Endpoint.Host {
        if isNext("[") { return .ip(.v6(try bracketedIPv6Address(inURL: inURL))) }
        try refuseBareIPv6(until: end)
        let hostEnd = min(end, index(ofAny: ":"))
        if hostEnd > position { return try hostName(until: hostEnd) }
        guard hostEnd < end else { throw failure("a host is missing here", length: 0) }
        return .any
    }

    private mutating func endpointPort(
        scheme: Endpoint.Scheme,
        until end: Int
    ) throws(AddressParseError) -> UInt16 {
        if take(":") { return try port(until: end) }
        guard position == end else {
            throw failure("only a ':' and a port may follow the host here")
        }
        guard let port = scheme.defaultPort else {
            throw failure("a port is missing here: \(scheme) has no default", length: 0)
        }
        return port
    }

    /// Reads the path and query, to the end of the input (RFC 6455 §3: no fragment).
    mutating func endpointPath(scheme: Endpoint.Scheme) throws(AddressParseError) -> String {
        guard scheme.isWebSocket else {
            guard isAtEnd else {
                throw failure("\(scheme) takes no path, only ws and wss do")
            }
            return ""
        }
        // RFC 6455 §3: an empty path is "/".
        let slash = isAtEnd || isNext("?") ? "/" : ""
        guard !slash.isEmpty || isNext("/") else { throw failure("a path begins with '/'") }
        let start = position
        while let byte = peek() {
            // What else a request line cannot hold would let a path add lines of its own to it.
            guard AddressText.isVisible(byte), byte != UInt8(ascii: "#") else {
                throw failure(
                    "\(AddressText.name(byte)) is not allowed in a path: percent-encode it"
                )
            }
            position += 1
        }
        return slash + String(decoding: bytes[start...], as: UTF8.self)
    }
}

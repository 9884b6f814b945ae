import Sockets

/// Endpoints as people write them: a bare port, the name of a service, a host and a port as two
/// words.
enum EndpointWords {
    /// What ``Endpoint`` reads: `8080` becomes `127.0.0.1:8080`, `localhost:http` `localhost:80`.
    ///
    /// - Throws: A usage failure for a service that nobody knows.
    static func spelledOut(_ text: String) throws(Failure) -> String {
        if isNumber(text) { return "127.0.0.1:\(text)" }
        // A path is bytes, and an address has a spelling for those that are no text.
        if isUnix(text) { return ProgramArguments.escaped(text, by: "\\x") }
        guard let place = serviceName(in: text) else { return text }
        let isDatagram = text.lowercased().hasPrefix("udp:")
        let port = try port(of: text[place], over: isDatagram ? .udp : .tcp)
        return text.replacingSubrange(place, with: "\(port)")
    }

    /// A host and a port of their own, as nc(1) takes them, in one word.
    ///
    /// - Throws: A usage failure where the first has a port already.
    static func joined(_ host: String, _ port: String?) throws(Failure) -> String {
        guard let port else { return host }
        if (try? IPv6Address(host)) != nil { return "[\(host)]:\(port)" }
        // What stands before "://" says how to talk, and its colon is not that of a port.
        let name = host.firstRange(of: "://").map { host[$0.upperBound...] } ?? host[...]
        let isBracketed = name.hasPrefix("[") && name.hasSuffix("]")
        guard isBracketed || !name.contains(":"), !name.contains("/") else {
            throw Failure(
                .usage,
                "'\(host.printable)' is an endpoint by itself: '\(port.printable)' is too much"
            )
        }
        return "\(host):\(port)"
    }

    /// The host and what follows its last colon, where it is one; nil otherwise.
    static func split(_ text: String) -> (host: String, port: String)? {
        guard (try? IPv6Address(text)) == nil, let colon = text.lastIndex(of: ":") else {
            return nil
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        return (String(host), String(text[text.index(after: colon)...]))
    }

    static func isNumber(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { 0x30...0x39 ~= $0 }
    }

    /// Whether a path or an abstract name follows, which may have colons of its own.
    private static func isUnix(_ text: String) -> Bool {
        let lowercased = text.lowercased()
        return Endpoint.Scheme.allCases.contains {
            $0.isUnix && lowercased.hasPrefix("\($0):")
        }
    }

    /// Where a word stands in place of a port: behind the last colon of the host.
    private static func serviceName(in text: String) -> Range<String.Index>? {
        let start = text.firstRange(of: "://")?.upperBound ?? text.startIndex
        let end = text[start...].firstIndex { "/?#".contains($0) } ?? text.endIndex
        guard let colon = text[start..<end].lastIndex(of: ":") else { return nil }
        let host = text[start..<colon]
        // An IPv6 address without brackets has no port.
        guard !host.contains(":") || host.hasSuffix("]") else { return nil }
        let name = text.index(after: colon)..<end
        guard text[name].first?.isLetter == true, text[name].allSatisfy(isNameCharacter) else {
            return nil
        }
        return name
    }

    /// What names of services are made of (RFC 6335 §5.1, and the older ones of services(5)).
    private static func isNameCharacter(_ character: Character) -> Bool {
        character.isASCII
            && (character.isLetter || character.isNumber || "-_+.".contains(character))
    }

    private static func port(
        of name: Substring,
        over carrier: ServicePort.Carrier
    ) throws(Failure) -> UInt16 {
        let name = String(name)
        if let port = ServicePort.number(of: name, over: carrier) { return port }
        throw Failure(
            .usage,
            "no service over \(carrier.rawValue) is called '\(name)' here (services(5)): write the"
                + " number of the port"
        )
    }
}

extension String {
    fileprivate func replacingSubrange(_ range: Range<Index>, with text: String) -> String {
        self[..<range.lowerBound] + text + self[range.upperBound...]
    }
}

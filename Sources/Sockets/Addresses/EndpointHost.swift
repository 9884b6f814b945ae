extension Endpoint {
    /// Where an endpoint is.
    public enum Host: Hashable, Sendable {
        /// Every address of this host, IPv6 and IPv4, to listen on.
        case any

        /// A name to resolve, in lowercase (RFC 1123 §2.1).
        case name(String)

        /// An IP address, written out.
        case ip(IPAddress)

        /// The path or name of a Unix socket, for the schemes unix and unix-datagram.
        case unix(UnixAddress)

        /// Reads a host name, an IP address (IPv6 with or without brackets), or `*` for any.
        ///
        /// Names are those of RFC 1123 §2.1, and may have underscores and a dot at the end. One with other
        /// letters, `bücher.example`, becomes what name servers know it by, `xn--bcher-kva.example` (RFC 5891).
        ///
        /// - Throws: ``AddressParseError``, which says where.
        public init(_ text: some StringProtocol) throws(AddressParseError) {
            var parser = try AddressParser(text, for: "host")
            self = try parser.host()
        }

        /// Reads the host of a URL: as the other form, and an IPv6 address in brackets alone, whose zone
        /// may follow `%` or `%25` (RFC 6874 §2).
        package init(ofURL text: some StringProtocol) throws(AddressParseError) {
            guard text.hasPrefix("[") else {
                self = try Self(text)
                return
            }
            var parser = try AddressParser(text, for: "host")
            self = .ip(.v6(try parser.bracketedIPv6Address(inURL: true)))
            try parser.expectEnd()
        }

        /// The host as others know it: a zone means something on this machine alone (RFC 6874 §4).
        package var withoutZone: Self {
            guard case .ip(let address) = self else { return self }
            return .ip(address.withoutZone)
        }
    }
}

extension Endpoint.Host: CustomStringConvertible {
    /// The host as it is written in an endpoint: `*`, `localhost`, `127.0.0.1`, `[::1]`, `/run/x`.
    public var description: String {
        switch self {
        case .any: "*"
        case .name(let name): name
        case .ip(.v4(let address)): address.description
        case .ip(.v6(let address)): "[\(address)]"
        case .unix(let address): address.description
        }
    }
}

extension AddressParser {
    /// The longest host name in bytes, without the dot at the end: 255 on the wire (RFC 1035
    /// §2.3.4) less the length byte of the first label and the empty label at the end.
    static let hostNameSizeLimit = 253

    /// The longest label of a host name in bytes (RFC 1035 §2.3.4).
    static let labelSizeLimit = 63

    /// Reads a host that is all of the input.
    fileprivate mutating func host() throws(AddressParseError) -> Endpoint.Host {
        guard !isAtEnd else {
            throw failure("it is empty: write * for every address", length: 0)
        }
        let host: Endpoint.Host
        if isNext("[") {
            host = .ip(.v6(try bracketedIPv6Address()))
        } else if hasColons(until: bytes.count) {
            host = .ip(.v6(try ipv6Address()))
        } else {
            host = try hostName(until: bytes.count)
        }
        try expectEnd()
        return host
    }

    /// Reads a name, an IPv4 address, or `*`, that goes to `end`; there is at least one byte.
    mutating func hostName(until end: Int) throws(AddressParseError) -> Endpoint.Host {
        if end - position == 1, take("*") { return .any }
        if bytes[position..<end].contains(where: { $0 >= 0x80 }) {
            return try internationalHostName(until: end)
        }
        let dotOrDigit = { $0 == UInt8(ascii: ".") || AddressText.isDigit($0) }
        if bytes[position..<end].allSatisfy(dotOrDigit) {
            let address = try ipv4Address()
            guard position == end else { throw failure("an IPv4 address ends before this") }
            return .ip(.v4(address))
        }
        let whole = position..<end
        try checkHostName(whole)
        position = end
        let lowercase = bytes[whole].map(AddressText.lowercased)
        return .name(String(decoding: lowercase, as: UTF8.self))
    }

    private func checkHostName(_ whole: Range<Int>) throws(AddressParseError) {
        for place in whole { try checkHostByte(at: place) }
        let hasLastDot = bytes[whole].last == UInt8(ascii: ".")
        let name = whole.lowerBound..<whole.upperBound - (hasLastDot ? 1 : 0)
        guard name.count <= Self.hostNameSizeLimit else {
            throw failure(
                "the host name is \(name.count) bytes long, over \(Self.hostNameSizeLimit)",
                in: name
            )
        }
        var label = name.lowerBound..<name.lowerBound
        while true {
            let rest = bytes[label.lowerBound..<name.upperBound]
            label = label.lowerBound..<(rest.firstIndex(of: UInt8(ascii: ".")) ?? name.upperBound)
            try checkLabel(label)
            guard label.upperBound < name.upperBound else { break }
            label = label.upperBound + 1..<label.upperBound + 1
        }
        // The C library still reads "0x7f.1" as an address; a name that ends so is no name.
        guard !isNumber(label) else {
            throw failure("a host name does not end in a number", in: label)
        }
    }

    func checkHostByte(at place: Int) throws(AddressParseError) {
        switch bytes[place] {
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): break
        case let byte where AddressText.isLetter(byte) || AddressText.isDigit(byte): break
        case let byte:
            throw failure("\(AddressText.name(byte)) is not allowed in a host name", at: place)
        }
    }

    private func checkLabel(_ label: Range<Int>) throws(AddressParseError) {
        guard !label.isEmpty else {
            throw failure("a host name has no empty part", at: label.lowerBound)
        }
        guard label.count <= Self.labelSizeLimit else {
            throw failure(
                "this part of the host name is \(label.count) bytes long, over \(Self.labelSizeLimit)",
                in: label
            )
        }
        for place in [label.lowerBound, label.upperBound - 1]
        where bytes[place] == UInt8(ascii: "-") {
            throw failure("no part of a host name begins or ends with '-'", at: place)
        }
    }

    /// Whether a label is a number in decimal or in hex, as `inet_aton` reads them.
    private func isNumber(_ label: Range<Int>) -> Bool {
        let text = bytes[label].map(AddressText.lowercased)
        if text.starts(with: [UInt8(ascii: "0"), UInt8(ascii: "x")]) {
            return text.dropFirst(2).allSatisfy { AddressText.hexValue($0) != nil }
        }
        return text.allSatisfy(AddressText.isDigit)
    }
}

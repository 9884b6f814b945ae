internal import Sockets

/// The parts of a URL reference (RFC 3986 appendix B) as ranges of its bytes; nothing is decoded.
struct URLReference {
    let text: String
    let bytes: [UInt8]
    private(set) var scheme: Range<Int>?
    private(set) var authority: Range<Int>?
    private(set) var path: Range<Int>
    private(set) var query: Range<Int>?

    /// Takes a text apart.
    init(_ text: String) throws(HTTPURLError) { try self.init(bytes: Array(text.utf8)) }

    /// Takes bytes apart, which a server may have written in any encoding: those beyond ASCII are
    /// percent-encoded as they are, as in every browser.
    init(bytes: [UInt8]) throws(HTTPURLError) {
        text = String(decoding: bytes, as: UTF8.self)
        self.bytes = bytes
        path = 0..<0
        for place in bytes.indices where bytes[place] < 0x20 || bytes[place] == 0x7F {
            throw failure("a control byte", at: place)
        }
        // The fragment is for whoever shows the answer.
        var end = first(of: "#", in: 0..<bytes.count) ?? bytes.count
        if let mark = first(of: "?", in: 0..<end) {
            query = mark + 1..<end
            end = mark
        }
        var start = 0
        let slash = first(of: "/", in: 0..<end) ?? end
        // A colon behind the first slash is part of a path (§4.2).
        if let colon = first(of: ":", in: 0..<slash) {
            scheme = 0..<colon
            start = colon + 1
        }
        if bytes[start..<end].starts(with: [UInt8(ascii: "/"), UInt8(ascii: "/")]) {
            let next = first(of: "/", in: start + 2..<end) ?? end
            authority = start + 2..<next
            start = next
        }
        path = start..<end
    }

    func failure(_ reason: String, at offset: Int) -> HTTPURLError {
        HTTPURLError(input: text, offset: offset, reason: reason)
    }

    func first(of character: Unicode.Scalar, in range: Range<Int>) -> Int? {
        bytes[range].firstIndex(of: UInt8(ascii: character))
    }

    func string(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    /// The scheme, if it is one of ours.
    func knownScheme(_ range: Range<Int>) throws(HTTPURLError) -> HTTPURL.Scheme {
        guard let scheme = HTTPURL.Scheme(rawValue: string(range).lowercased()) else {
            let known = HTTPURL.Scheme.allCases.map(\.rawValue).joined(separator: ", ")
            throw failure("the scheme is none of \(known)", at: range.lowerBound)
        }
        return scheme
    }

    // MARK: Authority

    /// Host and port of an authority.
    func origin(_ range: Range<Int>, isSecure: Bool) throws(HTTPURLError) -> HTTPOrigin {
        // Mostly there to mislead a reader: `http://bank.example@evil.example` (RFC 9110 §4.2.4).
        if let at = first(of: "@", in: range) {
            throw failure("user information does not belong in a URL", at: at)
        }
        var end = range.upperBound
        var port = HTTPOrigin.defaultPort(isSecure: isSecure)
        let afterLiteral =
            bytes[range].first == UInt8(ascii: "[")
            ? first(of: "]", in: range) ?? range.lowerBound : range.lowerBound
        if let colon = first(of: ":", in: afterLiteral..<range.upperBound) {
            // An empty port is the default one (RFC 3986 §3.2.3).
            if colon + 1 < end { port = try self.port(colon + 1..<end) }
            end = colon
        }
        let host = string(range.lowerBound..<end)
        let isLiteral = bytes[range].first == UInt8(ascii: "[")
        let read: Endpoint.Host
        do throws(AddressParseError) {
            read = try Endpoint.Host(ofURL: host)
        } catch {
            throw failure(error.reason, at: range.lowerBound + error.offset)
        }
        switch read {
        case .name, .ip(.v4): break
        case .ip(.v6) where isLiteral: break
        default: throw failure("a host is missing, or is not one", at: range.lowerBound)
        }
        return HTTPOrigin(isSecure: isSecure, host: read, port: port)
    }

    private func port(_ range: Range<Int>) throws(HTTPURLError) -> UInt16 {
        guard let number = DecimalNumber.parse(bytes[range]) else {
            throw failure("the port is not a number", at: range.lowerBound)
        }
        guard let port = UInt16(exactly: number) else {
            throw failure("the port is over 65535", at: range.lowerBound)
        }
        guard port > 0 else { throw failure("there is no port 0", at: range.lowerBound) }
        return port
    }

    // MARK: Path and query

    /// What a part of the target may have in it, beyond what both may.
    enum Part {
        case path
        case query
    }

    /// A part with what must not be sent percent-encoded (§2.1); what is encoded stays as it is.
    func encoded(_ range: Range<Int>, as part: Part) throws(HTTPURLError) -> String {
        var result: [UInt8] = []
        result.reserveCapacity(range.count)
        for place in range {
            let byte = bytes[place]
            if byte == UInt8(ascii: "%") {
                let digits = bytes[place..<range.upperBound].dropFirst().prefix(2)
                guard digits.count == 2, digits.allSatisfy(Self.isHexadecimal) else {
                    throw failure("'%' is not followed by two hexadecimal digits", at: place)
                }
                result.append(byte)
            } else if Self.isAllowed(byte) || (part == .query && byte == UInt8(ascii: "?")) {
                result.append(byte)
            } else {
                let digits = Array("0123456789ABCDEF".utf8)
                result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The query, encoded; nil if there is none.
    func encodedQuery() throws(HTTPURLError) -> String? {
        guard let query else { return nil }
        return try encoded(query, as: .query)
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }

    /// pchar of §3.3, and the slash.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-._~!$&'()*+,;=:@/".utf8.contains(byte)
        }
    }

    /// A path with its `.` and `..` carried out (§5.2.4); `..` above the root is dropped.
    static func withoutDotSegments(_ path: String) -> String {
        guard path.contains(".") else { return path }
        var kept: [Substring] = []
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        for (index, segment) in segments.enumerated() {
            let isLast = index == segments.count - 1
            switch segment {
            case ".": if isLast { kept.append("") }
            case "..":
                // The first is what is before the leading slash: nothing.
                if kept.count > 1 { kept.removeLast() }
                if isLast { kept.append("") }
            default: kept.append(segment)
            }
        }
        return kept.joined(separator: "/")
    }
}

internal import HTTP

/// What to get, as a person writes it: `example.org/a`, `http://name:password@example.org`.
struct GetURL {
    let url: HTTPURL
    /// What stood before an `@`.
    let credentials: BasicCredentials?
    /// The host as it was written, if it is asked under another name.
    let writtenHost: String?

    /// Reads one; without a scheme it is `http`, as for curl and wget.
    ///
    /// No error repeats a password.
    init(_ text: String) throws(Failure) {
        // By bytes: a combining mark behind a colon would make it another character. What is no UTF-8 goes
        // as it is, percent-encoded.
        var bytes = Array(ProgramArguments.escaped(text, by: "%").utf8)
        let marks = Array("://".utf8)
        if Self.schemeSize(of: bytes) == nil {
            bytes = Array((bytes.starts(with: marks[1...]) ? "http:" : "http://").utf8) + bytes
        }
        guard let schemeSize = Self.schemeSize(of: bytes) else {
            throw Failure(.usage, "\(text.printable) is no URL")
        }
        let start = schemeSize + marks.count
        let end = bytes[start...].firstIndex { "/?#".utf8.contains($0) } ?? bytes.count
        if let at = bytes[start..<end].lastIndex(of: UInt8(ascii: "@")) {
            credentials = try BasicCredentials(percentEncoded: bytes[start..<at])
            bytes.removeSubrange(start...at)
        } else {
            credentials = nil
        }
        guard bytes.count > start, !"/?#".utf8.contains(bytes[start]) else {
            throw Failure(.usage, "the URL names no host: write http://host/path")
        }
        let plain = String(decoding: bytes, as: UTF8.self)
        let url = try Failure.asUsage { try HTTPURL(plain) }
        guard url.scheme == .http || url.scheme == .https else {
            throw Failure(.usage, "\(url) is no web page: this command takes http and https")
        }
        self.url = url
        let host = bytes[start...].prefix { !"/?#:".utf8.contains($0) }
        let isInternational = host.contains { $0 >= 0x80 }
        writtenHost = isInternational ? String(decoding: host, as: UTF8.self) : nil
    }

    /// The size of the scheme before `://`; nil if there is none.
    private static func schemeSize(of bytes: [UInt8]) -> Int? {
        let size = bytes.prefix { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "+-.".utf8.contains(byte)
            }
        }.count
        return size > 0 && bytes[size...].starts(with: "://".utf8) ? size : nil
    }
}

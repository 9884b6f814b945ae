/// Where a request's target leads beneath the root: its path, decoded once (RFC 3986 §2.1).
struct RequestPath: Equatable {
    /// Decoded names, none empty, none `.` or `..`; they need not be UTF-8, as the kernel's need not.
    let segments: [[UInt8]]
    /// Whether it ends in a slash, as that of a directory does.
    ///
    /// True for the root.
    let isDirectory: Bool
    /// With its question mark, or empty; not decoded.
    let query: String

    /// Why a target is refused.
    enum Problem: Error, Equatable {
        /// Not a path, a `%` without two hex digits, an encoded slash or NUL, a fragment: 400.
        case malformed
        /// `.` or `..` as a name, encoded or not: 400. Clients resolve them before they ask.
        case dotSegment
        /// Longer than any path of the kernel's: 414.
        case tooLong
    }

    /// The kernel's limit on a path (PATH_MAX of linux/limits.h), without the NUL at the end.
    static let sizeLimit = 4_095

    /// Reads the `:path` of a request: `/a%20b/c?query`.
    ///
    /// Empty names (`//`) are passed over, as the kernel does.
    init(parsing target: String) throws(Problem) {
        let utf8 = target.utf8
        let end = utf8.firstIndex(of: UInt8(ascii: "?")) ?? utf8.endIndex
        let path = utf8[..<end]
        guard path.first == UInt8(ascii: "/") else { throw .malformed }
        // Three bytes of the target may be one of the path.
        guard path.count <= 3 * Self.sizeLimit else { throw .tooLong }
        var segments: [[UInt8]] = []
        var size = 0
        for part in path.split(separator: UInt8(ascii: "/")) {
            let segment = try Self.decoded(part)
            if segment == [UInt8(ascii: ".")] || segment == Array("..".utf8) { throw .dotSegment }
            size += segment.count + 1
            segments.append(segment)
        }
        guard size <= Self.sizeLimit else { throw .tooLong }
        self.segments = segments
        isDirectory = path.last == UInt8(ascii: "/")
        query = String(target[end...])
    }

    /// Whether a name begins with a dot; `.well-known` at the root does not count (RFC 8615).
    var isHidden: Bool {
        let dots = segments.enumerated().filter { $0.element.first == UInt8(ascii: ".") }
        return dots.contains { $0.offset > 0 || $0.element != Array(".well-known".utf8) }
    }

    /// The path for the kernel, relative to the root and without a slash at the end: `.` for the
    /// root itself.
    var relativePath: [UInt8] {
        segments.isEmpty
            ? [UInt8(ascii: ".")] : Array(segments.joined(separator: [UInt8(ascii: "/")]))
    }

    /// The same place as a directory, to redirect to: encoded anew.
    ///
    /// It begins with exactly one slash, whatever the request had, so it never names another host
    /// (`//evil.example/`, `/\evil.example/`).
    var asDirectory: String {
        "/" + segments.map { Self.encoded($0) + "/" }.joined() + query
    }

    /// Percent-encoding undone (RFC 3986 §2.1), of a name: it has no slash and no NUL.
    static func decoded(_ text: Substring.UTF8View) throws(Problem) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var iterator = text.makeIterator()
        while let byte = iterator.next() {
            if byte == UInt8(ascii: "#") || byte == 0 { throw .malformed }
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = iterator.next().flatMap(hexDigit),
                let low = iterator.next().flatMap(hexDigit)
            else { throw .malformed }
            let decoded = high << 4 | low
            if decoded == 0 || decoded == UInt8(ascii: "/") { throw .malformed }
            bytes.append(decoded)
        }
        return bytes
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// A name as one segment of a URL: all but RFC 3986's unreserved characters is encoded.
    static func encoded(_ segment: some Collection<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(segment.count + 8)
        for byte in segment {
            if isUnreserved(byte) {
                text.append(byte)
            } else {
                text += [UInt8(ascii: "%"), hexDigit(of: byte >> 4), hexDigit(of: byte & 15)]
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default: false
        }
    }

    private static func hexDigit(of nibble: UInt8) -> UInt8 {
        nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "A") + nibble - 10
    }
}

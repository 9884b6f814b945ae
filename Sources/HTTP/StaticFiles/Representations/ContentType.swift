internal import HTTPCodec

/// What a file's name says of its bytes.
struct ContentType: Equatable {
    /// The value of Content-Type.
    let value: String
    /// Whether it is text at heart, so that a compressed form beside it is worth looking for.
    let isCompressible: Bool

    /// Bytes, of which nothing is known (RFC 2046 §4.5.1).
    static let unknown = ContentType(value: "application/octet-stream", isCompressible: false)

    /// By what is behind the last dot, in any case.
    ///
    /// A name that is nothing but `.` and an extension has none.
    static func of(name: some BidirectionalCollection<UInt8>) -> ContentType {
        guard let dot = name.lastIndex(of: UInt8(ascii: ".")), dot != name.startIndex else {
            return unknown
        }
        let suffix = name[name.index(after: dot)...]
        guard !suffix.isEmpty, suffix.count <= 16 else { return unknown }
        return table[String(decoding: suffix, as: UTF8.self).asciiLowercased] ?? unknown
    }

    private static let table: [String: ContentType] = {
        var table: [String: ContentType] = [:]
        for line in mediaTypes.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard let type = words.first else { continue }
            let isText = type.hasPrefix("text/")
            let isCompressible =
                isText || type.hasSuffix("+xml") || type.hasSuffix("+json")
                || compressible.contains(String(type))
            let content = ContentType(
                // What is saved today is UTF-8; without saying so a browser guesses.
                value: String(type) + (isText ? "; charset=utf-8" : ""),
                isCompressible: isCompressible
            )
            for word in words.dropFirst() { table[String(word)] = content }
        }
        return table
    }()
}

internal import Digests
internal import SessionProtocol

/// What stands in the messages of files (docs/session-protocol.md §11).
enum FileWire {
    static let put = "$put"
    static let get = "$get"

    /// Bytes of a file in one message.
    ///
    /// A quarter of the least window there usually is, so that several are under way.
    static let pieceSize = 65_536

    /// The first message of `$put`, and with an offset in place of the content that of `$get`.
    static func put(_ content: FileContent) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(field: content.name.bytes)
        bytes.append(number: content.size)
        return bytes + content.hash
    }

    static func readPut(_ bytes: [UInt8]) throws(Violation) -> FileContent {
        var reader = FieldReader(0..<bytes.count)
        let span = bytes.rawSpan
        let name = try reader.field(span, limit: FileName.sizeLimit)
        let size = try reader.number(span)
        let hash = reader.rest(span)
        guard let name = FileName(name), hash.count == SHA256.size else { throw .unreadable }
        return FileContent(name: name, size: size, hash: hash)
    }

    static func get(_ name: FileName, from offset: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(field: name.bytes)
        bytes.append(number: offset)
        return bytes
    }

    static func readGet(_ bytes: [UInt8]) throws(Violation) -> (name: FileName, offset: UInt64) {
        var reader = FieldReader(0..<bytes.count)
        let span = bytes.rawSpan
        let name = try reader.field(span, limit: FileName.sizeLimit)
        let offset = try reader.number(span)
        try reader.finish()
        guard let name = FileName(name) else { throw .unreadable }
        return (name, offset)
    }

    /// The first answer of `$get`.
    static func contents(size: UInt64, hash: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(number: size)
        return bytes + hash
    }

    static func readContents(
        _ bytes: [UInt8]
    ) throws(Violation) -> (size: UInt64, hash: [UInt8]) {
        var reader = FieldReader(0..<bytes.count)
        let span = bytes.rawSpan
        let size = try reader.number(span)
        let hash = reader.rest(span)
        guard hash.count == SHA256.size else { throw .unreadable }
        return (size, hash)
    }

    static func readNumber(_ bytes: [UInt8]) throws(Violation) -> UInt64 {
        var reader = FieldReader(0..<bytes.count)
        let number = try reader.number(bytes.rawSpan)
        try reader.finish()
        return number
    }
}

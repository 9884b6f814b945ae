internal import Digests
internal import Files
internal import SessionProtocol

/// What stands in the messages of files (docs/session-protocol.md §11).
enum FileWire {
    static let put = "$put"
    static let get = "$get"
    static let folder = "$folder"

    /// Bytes of a file in one message.
    ///
    /// A quarter of the least window there usually is, so that several are under way.
    static let pieceSize = 65_536

    /// The first message of `$put`.
    static func put(_ content: FileContent, _ attributes: FileAttributes) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(field: content.name.bytes)
        bytes.append(number: content.size)
        bytes += content.hash
        append(attributes, to: &bytes)
        return bytes
    }

    static func readPut(
        _ bytes: [UInt8]
    ) throws(Violation) -> (FileContent, FileAttributes) {
        var reader = FieldReader(0..<bytes.count)
        let span = bytes.rawSpan
        let name = try readName(&reader, span)
        let size = try reader.number(span)
        let rest = reader.rest(span)
        guard rest.count >= SHA256.size else { throw .unreadable }
        let hash = Array(rest.prefix(SHA256.size))
        let attributes = try readAttributes(Array(rest.dropFirst(SHA256.size)))
        return (FileContent(name: name, size: size, hash: hash), attributes)
    }

    /// The message of `$folder`.
    static func folder(_ name: FileName, _ attributes: FileAttributes) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(field: name.bytes)
        append(attributes, to: &bytes)
        return bytes
    }

    static func readFolder(
        _ bytes: [UInt8]
    ) throws(Violation) -> (FileName, FileAttributes) {
        var reader = FieldReader(0..<bytes.count)
        let span = bytes.rawSpan
        let name = try readName(&reader, span)
        return (name, try readAttributes(reader.rest(span)))
    }

    private static func readName(
        _ reader: inout FieldReader,
        _ span: RawSpan
    ) throws(Violation) -> FileName {
        let bytes = try reader.field(span, limit: FileName.sizeLimit)
        guard let name = FileName(BytePath(bytes)) else { throw .unreadable }
        return name
    }

    /// The last fields, of which later ones may be missing.
    private static func append(_ attributes: FileAttributes, to bytes: inout [UInt8]) {
        guard let permissions = attributes.permissions else { return }
        bytes.append(number: UInt64(permissions))
        if let nanoseconds = attributes.nanoseconds { bytes.append(number: nanoseconds) }
    }

    /// Reads what is there of them; what a later version says behind them is passed over.
    private static func readAttributes(_ bytes: [UInt8]) throws(Violation) -> FileAttributes {
        var reader = FieldReader(0..<bytes.count)
        let span = bytes.rawSpan
        guard reader.remaining > 0 else { return FileAttributes() }
        let permissions = try reader.number(span)
        let nanoseconds = reader.remaining > 0 ? try reader.number(span) : nil
        return FileAttributes(permissions: permissions, nanoseconds: nanoseconds)
    }

    /// The message of `$get`.
    static func get(_ name: FileName, from offset: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(field: name.bytes)
        bytes.append(number: offset)
        return bytes
    }

    static func readGet(_ bytes: [UInt8]) throws(Violation) -> (name: FileName, offset: UInt64) {
        var reader = FieldReader(0..<bytes.count)
        let span = bytes.rawSpan
        let name = try readName(&reader, span)
        let offset = try reader.number(span)
        try reader.finish()
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

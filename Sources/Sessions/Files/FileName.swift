internal import Digests
internal import Escaping
internal import Files

/// The name of a file in a folder of files: relative, and leading nowhere else
/// (docs/session-protocol.md §11).
///
/// That no link leads out of the folder is seen to by the kernel; this is what it could not refuse.
struct FileName: Hashable, Sendable {
    /// None empty, none `.` or `..`, none with NUL, none of an unfinished file.
    let segments: [[UInt8]]

    /// Longer names are refused, in bytes: what the kernel takes for a path (PATH_MAX, with its NUL 4,096).
    static let sizeLimit = 4_095
    /// Longer parts of a name are refused, in bytes: what Linux's file systems take (NAME_MAX).
    static let segmentLimit = 255

    /// Nil for what is no name.
    init?(_ path: BytePath) {
        let bytes = path.bytes
        guard !bytes.isEmpty, bytes.count <= Self.sizeLimit, !bytes.contains(0) else { return nil }
        let parts = bytes.split(
            separator: UInt8(ascii: "/"),
            omittingEmptySubsequences: false
        ).map(Array.init)
        let dot = UInt8(ascii: ".")
        guard !parts.contains(where: { $0.isEmpty || $0 == [dot] || $0 == [dot, dot] }) else {
            return nil
        }
        guard !parts.contains(where: PartName.isReserved) else { return nil }
        segments = parts
    }

    var bytes: [UInt8] { Array(segments.joined(separator: [UInt8(ascii: "/")])) }
    var path: BytePath { BytePath(bytes) }
    var last: [UInt8] { segments[segments.count - 1] }
    /// Whether a part of it begins with a dot.
    var isHidden: Bool { segments.contains { $0.first == UInt8(ascii: ".") } }
    var isTooLongForLinux: Bool { segments.contains { $0.count > Self.segmentLimit } }

    /// Whether something in it could steer a terminal, or is not seen.
    ///
    /// Bytes that are not UTF-8 are neither: they are shown escaped.
    var isUnprintable: Bool {
        var scan = DisguiseScan()
        return path.description.unicodeScalars.contains { scan.isDisguise($0) }
    }
}

/// Exactly which content of which name: what an interrupted transfer is recognised by.
struct FileContent: Hashable, Sendable {
    let name: FileName
    /// In bytes.
    let size: UInt64
    /// SHA-256.
    let hash: [UInt8]
}

/// The names of unfinished files: hidden, in the folder itself, one for each content of each name.
enum PartName {
    private static let prefix = Array(".switchboard-".utf8)
    private static let suffix = Array(".part".utf8)
    /// Of the hash between them, in bytes.
    private static let hashSize = 20
    private static let digits = Array("0123456789abcdef".utf8)

    static func of(_ content: FileContent) -> [UInt8] {
        var digest = SHA256()
        digest.update(content.name.bytes)
        // The kernel allows no NUL in a name, so what is before it is the name.
        digest.update([0])
        digest.update(content.hash)
        digest.update(Array("\(content.size)".utf8))
        return prefix + hexadecimal(digest.finalize().prefix(hashSize)) + suffix
    }

    /// Whether a file of that name may be one of these, and not somebody else's.
    static func isPart(_ name: [UInt8]) -> Bool {
        name.count == prefix.count + 2 * hashSize + suffix.count && isReserved(name)
            && name.dropFirst(prefix.count).prefix(2 * hashSize).allSatisfy(digits.contains)
    }

    /// Whether no file or folder of a peer may have that name.
    static func isReserved(_ name: [UInt8]) -> Bool {
        name.starts(with: prefix) && name.suffix(suffix.count) == suffix[...]
    }

    private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    }
}

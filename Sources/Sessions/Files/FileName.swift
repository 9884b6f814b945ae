internal import Digests

/// The name of a file in a folder of files: relative, and leading nowhere else
/// (docs/session-protocol.md §11).
///
/// That no link leads out of the folder is seen to by the kernel; this is what it could not refuse.
struct FileName: Hashable, Sendable {
    /// None empty, none `.` or `..`, none with NUL.
    let segments: [[UInt8]]

    /// Longer names are refused.
    ///
    /// The kernel takes 4,095 bytes for a whole path; this leaves the folder's own some room.
    static let sizeLimit = 1_024

    /// Nil for what is no name.
    init?(_ bytes: [UInt8]) {
        guard !bytes.isEmpty, bytes.count <= Self.sizeLimit, !bytes.contains(0) else { return nil }
        let parts = bytes.split(
            separator: UInt8(ascii: "/"),
            omittingEmptySubsequences: false
        ).map(Array.init)
        let dot = UInt8(ascii: ".")
        guard !parts.contains(where: { $0.isEmpty || $0 == [dot] || $0 == [dot, dot] }) else {
            return nil
        }
        guard let last = parts.last, !PartName.isPart(last) else { return nil }
        segments = parts
    }

    init?(_ text: String) { self.init(Array(text.utf8)) }

    var bytes: [UInt8] { Array(segments.joined(separator: [UInt8(ascii: "/")])) }
    var text: String { String(decoding: bytes, as: UTF8.self) }
    var last: [UInt8] { segments[segments.count - 1] }
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

    static func of(_ content: FileContent) -> [UInt8] {
        var digest = SHA256()
        digest.update(content.name.bytes)
        // The kernel allows no NUL in a name, so what is before it is the name.
        digest.update([0])
        digest.update(content.hash)
        digest.update(Array("\(content.size)".utf8))
        return prefix + hexadecimal(digest.finalize().prefix(20)) + suffix
    }

    static func isPart(_ name: [UInt8]) -> Bool {
        name.starts(with: prefix) && name.suffix(suffix.count) == suffix[...]
    }

    private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    }
}

internal import Digests

/// What the unfinished part of a file is called, beside it: `NAME.part`, and `NAME.part-info`, which says what it
/// is a part of and that it is ours.
struct PartName: Equatable {
    let part: [UInt8]
    let info: [UInt8]

    /// The longest name that a folder takes, in bytes: NAME_MAX of Linux.
    static let sizeLimit = 255

    /// How many names are tried: other programs call theirs `NAME.part` too.
    ///
    /// Arbitrary.
    static let candidateCount = 9

    /// The names to try, in this order: `NAME.part`, `NAME.2.part`, ….
    static func candidates(for name: [UInt8]) -> [PartName] {
        (1...candidateCount).map { number in
            PartName(name, number == 1 ? "" : ".\(number)")
        }
    }

    private init(_ name: [UInt8], _ number: String) {
        let (part, info) = (number + ".part", number + ".part-info")
        let base = Self.shortened(name, to: Self.sizeLimit - info.utf8.count)
        self.part = base + Array(part.utf8)
        self.info = base + Array(info.utf8)
    }

    /// A name that leaves room for what is put behind it: of a long one the beginning, and a digest of all of it,
    /// so that two long names have two parts.
    private static func shortened(_ name: [UInt8], to size: Int) -> [UInt8] {
        guard name.count > size else { return name }
        let digest = SHA256.digest(of: name).prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let mark = "~" + String(digest, radix: 16)
        var kept = name.prefix(size - mark.utf8.count)
        // Not in the middle of a letter, which is of four bytes at most.
        for _ in 0..<3 where name[kept.count] & 0xC0 == 0x80 { kept.removeLast() }
        return kept + Array(mark.utf8)
    }
}

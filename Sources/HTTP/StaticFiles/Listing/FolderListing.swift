/// What is in a folder, to be shown.
struct FolderListing: Equatable {
    struct Entry: Equatable {
        /// As the kernel has it: any bytes but NUL and `/`.
        let name: [UInt8]
        let isDirectory: Bool
        /// In bytes; nil for a folder.
        let size: Int?
        let modified: HTTPDate

        /// For people: what is not UTF-8 is replaced.
        var text: String { String(decoding: name, as: UTF8.self) }

        /// Relative to the folder, encoded: it begins with `./`, so that no name is taken for a
        /// scheme (`a:b`).
        var link: String { "./" + RequestPath.encoded(name) + (isDirectory ? "/" : "") }
    }

    /// The names on the way from the root to here.
    let path: [[UInt8]]
    /// Folders first, then by name; of a folder of several pages in the order of their bytes, in which
    /// one page follows the other.
    let entries: [Entry]
    /// Whether there are more, which later pages show.
    let isCut: Bool
    /// The page before, and the one after; nil if there is none.
    let previous: ListingPlace?
    let next: ListingPlace?

    init(
        path: [[UInt8]],
        entries: [Entry],
        isCut: Bool = false,
        previous: ListingPlace? = nil,
        next: ListingPlace? = nil
    ) {
        self.path = path
        self.isCut = isCut
        self.previous = previous
        self.next = next
        guard !isCut, previous == nil, next == nil else {
            self.entries = entries
            return
        }
        // Sorted by what people read; without case first, so that `readme` is beside `README`.
        let keyed = entries.map { (entry: $0, key: $0.text.lowercased()) }
        self.entries = keyed.sorted { left, right in
            if left.entry.isDirectory != right.entry.isDirectory { return left.entry.isDirectory }
            if left.key != right.key { return left.key < right.key }
            return left.entry.name.lexicographicallyPrecedes(right.entry.name)
        }.map(\.entry)
    }

    /// `/a/b/`, for people.
    var pathText: String {
        "/" + path.map { String(decoding: $0, as: UTF8.self) + "/" }.joined()
    }
}

/// Which names of a folder a listing shows, in the order of their bytes.
///
/// A place between names and not the number of a page: names that come and go meanwhile move no other
/// from one page to the next, so whoever follows the pages sees each name that stays, and sees it once.
enum ListingPlace: Equatable {
    /// From the first on.
    case start
    /// Those behind a name, which need not be there.
    case after([UInt8])
    /// The last ones before a name.
    case before([UInt8])

    private static let afterKey = Array("after=".utf8)
    private static let beforeKey = Array("before=".utf8)

    /// Reads a query with its question mark, `?after=NAME`, of which the first such part counts; a
    /// listing has no other parameters, and those of other programs are passed over.
    init(parsing query: String) throws(RequestPath.Problem) {
        for part in query.utf8.dropFirst().split(separator: UInt8(ascii: "&")) {
            if part.starts(with: Self.afterKey) {
                self = .after(try Self.name(part.dropFirst(Self.afterKey.count)))
                return
            }
            if part.starts(with: Self.beforeKey) {
                self = .before(try Self.name(part.dropFirst(Self.beforeKey.count)))
                return
            }
        }
        self = .start
    }

    /// A name, in which no slash stands, encoded or not.
    private static func name(
        _ text: Substring.UTF8View
    ) throws(RequestPath.Problem) -> [UInt8] {
        guard !text.contains(UInt8(ascii: "/")) else { throw .malformed }
        return try RequestPath.decoded(text)
    }

    /// The link there from a page of the same folder (RFC 3986 §4.2).
    var link: String {
        switch self {
        case .start: "./"
        case .after(let name): "?after=" + RequestPath.encoded(name)
        case .before(let name): "?before=" + RequestPath.encoded(name)
        }
    }
}

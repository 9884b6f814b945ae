/// What a folder is served like.
public struct StaticFileOptions: Sendable {
    /// Whether folders without an index are listed; they are 403 otherwise.
    public var listsFolders = true
    /// The file that stands for its folder, if it is there.
    public var indexName = "index.html"
    /// Whether names that begin with a dot are served and listed.
    ///
    /// `.well-known` at the root always is (RFC 8615); unfinished uploads never are.
    public var showsHiddenFiles = false
    /// Whether `FILE.br` and `FILE.gz` are sent for FILE to who accepts them.
    public var usesPrecompressedFiles = true
    /// The Cache-Control of files; the default makes caches ask each time, which is a 304.
    public var cacheControl = "no-cache"
    /// Entries of a folder that one page lists: 2,000; links lead to the pages before and after it.
    ///
    /// A page costs about 5 µs for each, and some 100 ns for every other name in the folder.
    public var listingLimit = 2_000
    /// Whether PUT stores files, or nil for 405.
    public var uploads: UploadOptions?

    /// The defaults: read-only.
    public init() {}

    /// What may be uploaded.
    public struct UploadOptions: Sendable {
        /// The largest file, in bytes: 1 GiB.
        public var sizeLimit = 1 << 30
        /// How long a cut upload can be resumed, in seconds: a day.
        public var partialAgeLimit = 86_400
        /// Cut uploads kept in one folder: 16, and at least one.
        ///
        /// The one that lay still the longest goes first. With the size limit this bounds the room
        /// that they take.
        public var partialCountLimit = 16

        /// The defaults.
        public init() {}
    }
}

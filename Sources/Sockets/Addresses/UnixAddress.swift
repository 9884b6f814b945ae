/// The address of a Unix socket (unix(7)): a path, an abstract name, or none.
///
/// ```swift
/// let control = try UnixAddress(path: "/run/switchboard.sock")
/// let hidden = try UnixAddress(abstract: "switchboard")  // no file; gone with its socket
/// ```
public struct UnixAddress: Hashable, Sendable {
    /// The longest path in bytes: `sun_path` has 108, and one is for the NUL that ends the path.
    public static let pathSizeLimit = 107

    /// The longest abstract name in bytes: `sun_path` has 108, and one is for the NUL before it.
    public static let abstractNameSizeLimit = 107

    /// What `sun_path` holds: nothing, or a path without its last NUL, or a NUL and a name.
    ///
    /// One array and no other field, so that a ``SocketAddress`` stays small.
    let socketPath: [UInt8]

    /// What the kernel says an address is: `sun_path` up to the length it returned.
    ///
    /// It may be a byte longer than the limit here: Linux lets others bind a path of 108.
    init(socketPath bytes: some Sequence<UInt8>) {
        let bytes = Array(bytes)
        let path = bytes.prefix { $0 != 0 }
        socketPath = path.isEmpty ? bytes : Array(path)
    }

    /// The address of the socket file at `path`, byte for byte: escapes are not read here.
    ///
    /// A relative path is one from the working directory at the time of use.
    ///
    /// - Throws: ``AddressParseError`` if the path is empty, has a NUL, or is over
    ///   ``pathSizeLimit``.
    public init(path: some StringProtocol) throws(AddressParseError) {
        let parser = AddressParser(clipping: path, for: "Unix path")
        guard !parser.isAtEnd else { throw parser.failure("it is empty", length: 0) }
        let size = path.utf8.count
        try parser.checkUnixSize(size, place: Self.pathSizeLimit, isAbstract: false)
        if let place = parser.bytes.firstIndex(of: 0) {
            throw parser.failure("a NUL byte is in the path, and would end it", at: place)
        }
        socketPath = parser.bytes
    }

    /// An address by an abstract name, which lives in no file system.
    ///
    /// - Throws: ``AddressParseError`` if the name is empty or over ``abstractNameSizeLimit``.
    public init(abstract name: some StringProtocol) throws(AddressParseError) {
        let parser = AddressParser(clipping: name, for: "abstract Unix name")
        guard !parser.isAtEnd else { throw parser.failure("it is empty", length: 0) }
        let size = name.utf8.count
        try parser.checkUnixSize(size, place: Self.abstractNameSizeLimit, isAbstract: true)
        socketPath = [0] + parser.bytes
    }

    /// Reads an address as ``description`` prints it: `/run/x`, `@name` or `*`.
    ///
    /// `\xNN` stands for the byte with that hex value, and `\\` for a backslash.
    ///
    /// - Throws: ``AddressParseError``, which says where.
    public init(_ text: some StringProtocol) throws(AddressParseError) {
        var parser = try AddressParser(text, for: "Unix address")
        self = try parser.unixAddress()
    }

    /// The address of a socket that was never bound, as most clients are.
    ///
    /// To bind to it lets the kernel choose an abstract name (autobind in unix(7)).
    public static let unnamed = UnixAddress(socketPath: [])

    /// Whether this is ``unnamed``.
    public var isUnnamed: Bool { socketPath.isEmpty }

    /// The path, or nil if this is no path; bytes that are not UTF-8 are replaced by U+FFFD.
    public var path: String? { pathBytes.map { String(decoding: $0, as: UTF8.self) } }

    /// The bytes of the path, or nil if this is no path.
    public var pathBytes: [UInt8]? {
        socketPath.isEmpty || socketPath[0] == 0 ? nil : socketPath
    }

    /// The bytes of the abstract name, which may be any, or nil if this is no abstract name.
    public var abstractName: [UInt8]? {
        socketPath.first == 0 ? Array(socketPath.dropFirst()) : nil
    }
}

extension UnixAddress: Comparable {
    /// The order of the bytes: unnamed, then abstract names, then paths.
    public static func < (left: UnixAddress, right: UnixAddress) -> Bool {
        left.socketPath.lexicographicallyPrecedes(right.socketPath)
    }
}

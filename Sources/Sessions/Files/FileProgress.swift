public import Files

/// How far a file has come.
public struct FileProgress: Hashable, Sendable {
    /// Its name in the folder it goes to, or comes from.
    public let path: BytePath
    /// Bytes that are there, those of earlier attempts included.
    public internal(set) var offset: UInt64
    /// All bytes of it; zero while that is not known.
    public let size: UInt64

    /// The name as text, to be shown: with U+FFFD in place of what is not UTF-8.
    public var name: String { path.description }

    init(path: BytePath, offset: UInt64 = 0, size: UInt64) {
        self.path = path
        self.offset = offset
        self.size = size
    }
}

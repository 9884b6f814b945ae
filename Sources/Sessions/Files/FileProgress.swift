/// How far a file has come.
public struct FileProgress: Hashable, Sendable {
    /// Its name in the folder it goes to, or comes from.
    public let name: String
    /// Bytes that are there, those of earlier attempts included.
    public internal(set) var offset: UInt64
    /// All bytes of it; zero while that is not known.
    public let size: UInt64

    init(name: String, offset: UInt64 = 0, size: UInt64) {
        self.name = name
        self.offset = offset
        self.size = size
    }
}

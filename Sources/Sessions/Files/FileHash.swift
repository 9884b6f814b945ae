internal import Digests
internal import Files
internal import Sockets

/// The hash of a whole file, which may take a while.
enum FileHash {
    /// Bytes read at a time, between which others have their turn.
    ///
    /// Arbitrary: a third of a millisecond of hashing.
    private static let stepSize = 262_144

    /// SHA-256 of the first bytes of what `read` reads.
    static func of(
        _ size: UInt64,
        _ read: (inout MutableRawSpan, Int) throws(FileError) -> Int
    ) async throws(FileError) -> [UInt8] {
        var digest = SHA256()
        var buffer = [UInt8](repeating: 0, count: Int(min(UInt64(stepSize), max(1, size))))
        var offset: UInt64 = 0
        while offset < size {
            let limit = Int(min(UInt64(buffer.count), size - offset))
            var span = buffer.mutableSpan
            var memory = unsafe span.mutableBytes
            // It may have grown meanwhile.
            let count = min(limit, try read(&memory, Int(offset)))
            guard count > 0 else { break }
            digest.update(unsafe buffer.span.bytes.extracting(first: count))
            offset += UInt64(count)
            await Task.yield()
        }
        return digest.finalize()
    }
}

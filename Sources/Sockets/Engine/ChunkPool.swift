internal import CLinux

/// The receive memory of one loop: chunks of one size, lent to whoever holds bytes right now.
///
/// A connection that waits holds none, so a thousand idle connections cost no buffer, and a busy
/// loop takes the same warm chunk again and again without calling the allocator.
/// Used by the loop's own thread only.
@safe struct ChunkPool: ~Copyable {
    /// What one receive call can take.
    ///
    /// 64 KiB: the point where larger calls stop being faster here.
    static let chunkSize = 65_536
    /// Chunks kept for reuse; more are given back to the allocator.
    private static let keepLimit = 16

    /// Owned; each is `chunkSize` bytes.
    private var free: [UnsafeMutableRawPointer] = unsafe []

    init() { unsafe free.reserveCapacity(Self.keepLimit) }

    deinit { for index in unsafe free.indices { unsafe free[index].deallocate() } }

    private mutating func take() -> UnsafeMutableRawPointer? { unsafe free.popLast() }

    private mutating func give(_ chunk: UnsafeMutableRawPointer) -> Bool {
        guard unsafe free.count < Self.keepLimit else { return false }
        unsafe free.append(chunk)
        return true
    }

    /// A chunk from the pool of the loop whose thread this is, or a new one.
    static func take() -> UnsafeMutableRawPointer {
        if let loop = EventLoop.current, let chunk = unsafe loop.own.pointee.chunks.take() {
            return unsafe chunk
        }
        return .allocate(byteCount: chunkSize, alignment: 16)
    }

    /// Gives a chunk back to the pool of the loop whose thread this is, or frees it.
    static func give(_ chunk: UnsafeMutableRawPointer) {
        if let loop = EventLoop.current, unsafe loop.own.pointee.chunks.give(chunk) { return }
        unsafe chunk.deallocate()
    }
}

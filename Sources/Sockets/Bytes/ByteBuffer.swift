/// The one buffer: bytes that came and are not consumed yet, in one piece of memory.
///
/// Bytes are appended at the end, by receiving or by ``append(_:)``, and consumed from the start.
/// An empty buffer owns no memory: what an event loop lends for receiving goes back as soon as the
/// last byte is consumed and the connection waits again, so an idle connection costs no buffer.
///
/// ```swift
/// var buffer = ByteBuffer()
/// while try await connection.receive(into: &buffer) > 0 {
///     try await connection.send(&buffer)
/// }
/// ```
///
/// Not copyable, and not shared: it belongs to one task.
@safe public struct ByteBuffer: ~Copyable {
    // Invariant: 0 <= start <= end <= capacity, and `base` has `capacity` bytes (nil: zero). A
    // capacity of `ChunkPool.chunkSize` is a pool's chunk; others come from the allocator.
    private var base: UnsafeMutableRawPointer?
    private var capacity = 0
    private var start = 0
    private var end = 0

    /// The most bytes it holds; to receive more is an error of the peer
    /// (``SocketError/Code/limitExceeded``).
    public let limit: Int

    /// The limit when none is given: 16 MiB.
    ///
    /// Arbitrary; larger messages deserve a decision.
    public static let defaultLimit = 16_777_216

    /// An empty buffer, which owns no memory.
    public init(limit: Int = Self.defaultLimit) {
        precondition(limit > 0, "a buffer that can hold nothing")
        self.limit = limit
    }

    deinit {
        if let base = unsafe base { unsafe Self.free(base, capacity) }
    }

    /// How many bytes are there.
    public var count: Int { end - start }

    /// Whether no byte is there.
    public var isEmpty: Bool { start == end }

    /// The bytes.
    public var bytes: RawSpan {
        @_lifetime(borrow self)
        get {
            let span = unsafe RawSpan(_unsafeBytes: contents)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// Lends the bytes for changing in place, as unmasking and decrypting do.
    package mutating func withMutableBytes<Result, Failure: Error>(
        _ body: (inout MutableRawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var span = unsafe MutableRawSpan(
            _unsafeBytes: UnsafeMutableRawBufferPointer(mutating: contents)
        )
        return try body(&span)
    }

    /// Drops bytes from the start.
    ///
    /// Traps if there are fewer.
    public mutating func consume(_ count: Int) {
        precondition(count >= 0 && count <= self.count, "consuming bytes that are not there")
        start += count
        if start == end { (start, end) = (0, 0) }
    }

    /// Drops all bytes.
    public mutating func clear() { (start, end) = (0, 0) }

    /// Copies bytes to the end.
    ///
    /// Traps at ``limit``: it is the caller who appends.
    public mutating func append(_ bytes: RawSpan) {
        guard bytes.byteCount > 0 else { return }
        precondition(reserve(bytes.byteCount), "appending past the buffer's limit")
        unsafe bytes.withUnsafeBytes { source in
            guard let from = source.baseAddress, let base = unsafe base else { return }
            unsafe (base + end).copyMemory(from: from, byteCount: source.count)
        }
        end += bytes.byteCount
    }

    /// Copies bytes to the end.
    ///
    /// Traps at ``limit``.
    public mutating func append(_ bytes: [UInt8]) { unsafe append(bytes.span.bytes) }

    /// Copies the UTF-8 of a text to the end.
    ///
    /// Traps at ``limit``.
    public mutating func append(_ text: String) { unsafe append(text.utf8Span.span.bytes) }

    /// A copy of the bytes.
    public func array() -> [UInt8] { unsafe Array(contents) }

    // MARK: For receiving

    /// Receiving into less than this is not worth a system call.
    ///
    /// Arbitrary: one page.
    private static let minimumSpace = 4096

    /// Makes room for a receive; false when the buffer is full.
    @inline(__always)
    package mutating func makeSpace() -> Bool {
        if unsafe base == nil, limit >= ChunkPool.chunkSize {
            unsafe base = ChunkPool.take()
            capacity = ChunkPool.chunkSize
            return true
        }
        if capacity - end >= Self.minimumSpace { return true }
        return reserve(min(Self.minimumSpace, limit - count)) && capacity > end
    }

    /// Fills the free space by `fill`, which returns how many bytes it wrote, or a negative number
    /// for none.
    @inline(__always)
    package mutating func fill(
        _ fill: (UnsafeMutableRawPointer, Int) -> Int
    ) -> (result: Int, space: Int) {
        let space = min(capacity - end, limit - count)
        guard let base = unsafe base, space > 0 else { return (0, 0) }
        let result = unsafe fill(base + end, space)
        if result > 0 {
            precondition(result <= space, "more bytes than there was space for")
            end += result
        }
        return (result, space)
    }

    /// Gives the memory of an empty buffer back.
    @inline(__always)
    package mutating func releaseMemoryIfEmpty() {
        guard start == end, let base = unsafe base else { return }
        unsafe Self.free(base, capacity)
        unsafe self.base = nil
        (capacity, start, end) = (0, 0, 0)
    }

    /// The bytes, for system calls.
    @inline(__always)
    package var contents: UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(
            start: base.map { unsafe UnsafeRawPointer($0 + start) },
            count: count
        )
    }

    /// Makes room for more bytes at the end: by moving what is there to the front, or by growing to
    /// the next power of two.
    ///
    /// False when that would be past the limit.
    private mutating func reserve(_ more: Int) -> Bool {
        guard more <= limit - count else { return false }
        if more <= capacity - end { return true }
        // Moving only when at least half is free in front, so that the cost stays linear.
        if let base = unsafe base, count + more <= capacity, start >= count {
            unsafe base.copyMemory(from: base + start, byteCount: count)
            (start, end) = (0, count)
            return true
        }
        var larger = 256
        while larger < count + more { larger *= 2 }
        larger = max(min(larger, limit), count + more)
        let memory = unsafe Self.allocate(larger)
        if let base = unsafe base {
            unsafe memory.copyMemory(from: base + start, byteCount: count)
            unsafe Self.free(base, capacity)
        }
        unsafe base = memory
        (start, end, capacity) = (0, count, larger)
        return true
    }

    private static func allocate(_ size: Int) -> UnsafeMutableRawPointer {
        size == ChunkPool.chunkSize
            ? unsafe ChunkPool.take() : .allocate(byteCount: size, alignment: 16)
    }

    private static func free(_ base: UnsafeMutableRawPointer, _ capacity: Int) {
        if capacity == ChunkPool.chunkSize {
            unsafe ChunkPool.give(base)
        } else {
            unsafe base.deallocate()
        }
    }
}

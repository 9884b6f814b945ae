internal import Sockets

/// Everything a ``MemoryPipe`` guards: the bytes, how the stream ends, and its two sides.
@safe struct MemoryPipeState: PipeState {
    private var ring: [UInt8]
    private var start = 0
    private var count = 0

    /// The writer has said that nothing more will come.
    var isFinished = false
    /// One of the sides was closed with a reset.
    private(set) var isReset = false

    private var reader = PipeSeat()
    private var writer = PipeSeat()

    init(capacity: Int) { ring = [UInt8](repeating: 0, count: capacity) }

    subscript(side: MemoryPipeSide) -> PipeSeat {
        get { side == .reader ? reader : writer }
        set { if side == .reader { reader = newValue } else { writer = newValue } }
    }

    var freeCount: Int { ring.count - count }

    /// Whether an operation of a side would not wait.
    func canProceed(_ side: MemoryPipeSide) -> Bool {
        if side == .writer { return freeCount > 0 || sendFailure != nil }
        return count > 0 || isFinished || isReset || reader.isClosed || writer.isClosed
    }

    /// Why nothing can be sent any more, if so.
    var sendFailure: SocketError.Code? {
        if writer.isClosed { return .closed }
        if isReset { return .reset }
        return isFinished || reader.isClosed ? .brokenPipe : nil
    }

    /// How many bytes a receive gets: zero at the end, nil when it must wait.
    func receivable(upTo limit: Int) throws(SocketError) -> Int? {
        if reader.isClosed { throw SocketError(.closed, in: .receive) }
        if isReset { throw SocketError(.reset, in: .receive) }
        if count > 0 { return min(count, limit) }
        return isFinished || writer.isClosed ? 0 : nil
    }

    mutating func close(_ side: MemoryPipeSide, withReset reset: Bool) {
        self[side].close()
        // What nobody can receive any more is let go of.
        if reset || side == .reader { (start, count) = (0, 0) }
        // A reset after the other side has closed has nobody left to tell.
        if reset { isReset = true }
    }

    /// Moves `size` bytes, which must be there, out of the ring.
    mutating func read(into memory: UnsafeMutableRawBufferPointer, _ size: Int) {
        precondition(size <= count && size <= memory.count, "reading what is not there")
        guard size > 0, let target = memory.baseAddress else { return }
        let first = min(size, ring.count - start)
        unsafe ring.withUnsafeBytes { bytes in
            guard let source = bytes.baseAddress else { return }
            unsafe target.copyMemory(from: source + start, byteCount: first)
            unsafe (target + first).copyMemory(from: source, byteCount: size - first)
        }
        start = (start + size) % ring.count
        count -= size
    }

    /// Moves bytes, for which there must be room, into the ring.
    mutating func write(_ bytes: UnsafeRawBufferPointer) {
        precondition(bytes.count <= freeCount, "writing past the capacity")
        guard bytes.count > 0, let source = bytes.baseAddress else { return }
        let end = (start + count) % ring.count
        let first = min(bytes.count, ring.count - end)
        unsafe ring.withUnsafeMutableBytes { ring in
            guard let target = ring.baseAddress else { return }
            unsafe (target + end).copyMemory(from: source, byteCount: first)
            unsafe target.copyMemory(from: source + first, byteCount: bytes.count - first)
        }
        count += bytes.count
    }
}

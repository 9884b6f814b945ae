internal import DequeModule

/// The entries of a topic, one behind the other in chunks of memory.
///
/// An array for each entry would take 60 bytes and more besides its bytes, and leave the heap in pieces. A
/// chunk holds each entry's size and bytes; an entry that is larger than a
/// chunk has one to itself. What is charged is what is taken: with entries of 1 to 150,000 bytes a process
/// grows by 95 to 103 % of the limit it fills, by its resident size (TopicMemoryTests).
struct PackedEntries: Sendable {
    fileprivate struct Chunk {
        /// Sizes and bytes of its entries; those before `head` are gone.
        var bytes: [UInt8] = []
        var head = 0
        /// Of the entry at `head`.
        var firstOffset: UInt64
    }

    /// Bytes a chunk of several entries holds.
    ///
    /// With an array's header of 32 bytes and malloc's of 8 it takes 1,024. Small, because an entry is found
    /// by walking over those before it.
    static let chunkSize = 984

    /// What a chunk takes besides its bytes.
    ///
    /// Those 40, its place in the deque, which is 24 bytes and half as many again while the deque has room to
    /// grow, and what malloc rounds up.
    static let chunkOverhead = 96

    private var chunks: Deque<Chunk> = []
    /// Of the oldest that is kept.
    private(set) var firstOffset: UInt64 = 0
    /// Of the next to come.
    private(set) var nextOffset: UInt64 = 0
    /// Bytes of memory that all of it takes.
    private(set) var size = 0

    var count: Int { Int(nextOffset - firstOffset) }

    /// Bytes of memory that one entry takes at most.
    static func greatestCharge(_ payloadSize: Int) -> Int {
        packedSize(payloadSize) + chunkOverhead
    }

    /// Bytes of a chunk that an entry takes: its size in one byte, or behind a byte of ones in eight.
    private static func packedSize(_ payloadSize: Int) -> Int {
        payloadSize < longMark ? 1 + payloadSize : 9 + payloadSize
    }

    private static let longMark = 0xFF

    mutating func append(_ payload: [UInt8]) {
        let need = Self.packedSize(payload.count)
        if let last = chunks.last, last.bytes.count + need <= Self.chunkSize {
            add(payload, need, toChunkAt: chunks.count - 1)
        } else {
            chunks.append(Chunk(firstOffset: nextOffset))
            size += Self.chunkOverhead
            add(payload, need, toChunkAt: chunks.count - 1)
        }
        nextOffset += 1
    }

    private mutating func add(_ payload: [UInt8], _ need: Int, toChunkAt index: Int) {
        let before = chunks[index].bytes.capacity
        let wanted = chunks[index].bytes.count + need
        if wanted > before {
            // Never more than a chunk in advance: an array's own growth would double past it.
            let doubled = min(2 * before, Self.chunkSize)
            chunks[index].bytes.reserveCapacity(max(wanted, doubled))
        }
        if payload.count < Self.longMark {
            chunks[index].bytes.append(UInt8(payload.count))
        } else {
            chunks[index].bytes.append(UInt8(Self.longMark))
            for shift in stride(from: 56, through: 0, by: -8) {
                chunks[index].bytes.append(UInt8(truncatingIfNeeded: payload.count >> shift))
            }
        }
        chunks[index].bytes.append(contentsOf: payload)
        size += chunks[index].bytes.capacity - before
    }

    /// Forgets the oldest entry.
    mutating func removeFirst() {
        guard count > 0 else { return }
        let entry = Self.entry(in: chunks[0].bytes, at: chunks[0].head)
        firstOffset += 1
        let capacity = chunks[0].bytes.capacity
        if entry.upperBound == chunks[0].bytes.count {
            chunks.removeFirst()
            size -= capacity + Self.chunkOverhead
            return
        }
        chunks[0].head = entry.upperBound
        chunks[0].firstOffset = firstOffset
        // When half of it is gone, the rest moves to memory of its own size.
        guard chunks[0].head > chunks[0].bytes.count / 2 else { return }
        chunks[0].bytes = Array(chunks[0].bytes[chunks[0].head...])
        chunks[0].head = 0
        size -= capacity - chunks[0].bytes.capacity
    }

    /// The entries from an offset on, at most `limit`.
    func entries(from offset: UInt64, limit: Int) -> [TopicEntry] {
        guard offset < nextOffset else { return [] }
        var next = max(offset, firstOffset)
        let end = min(nextOffset, next + UInt64(max(1, limit)))
        var found: [TopicEntry] = []
        found.reserveCapacity(Int(end - next))
        var index = chunkIndex(holding: next)
        while next < end {
            next = chunks[index].take(from: next, to: end, into: &found)
            index += 1
        }
        return found
    }

    /// By bisection.
    private func chunkIndex(holding offset: UInt64) -> Int {
        var low = 0
        var high = chunks.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if chunks[middle].firstOffset <= offset { low = middle } else { high = middle }
        }
        return low
    }

    /// Where the bytes of the entry at a place of a chunk are.
    fileprivate static func entry(in bytes: [UInt8], at place: Int) -> Range<Int> {
        let first = Int(bytes[place])
        guard first == longMark else { return place + 1..<place + 1 + first }
        let size = bytes[place + 1..<place + 9].reduce(0) { $0 << 8 | Int($1) }
        return place + 9..<place + 9 + size
    }
}

extension PackedEntries.Chunk {
    /// Gives copies of the entries between two offsets, as far as they are here; and the offset behind them.
    fileprivate func take(
        from start: UInt64,
        to end: UInt64,
        into found: inout [TopicEntry]
    ) -> UInt64 {
        var offset = firstOffset
        var place = head
        while offset < end, place < bytes.count {
            let entry = PackedEntries.entry(in: bytes, at: place)
            if offset >= start {
                found.append(TopicEntry(offset: offset, bytes: Array(bytes[entry])))
            }
            place = entry.upperBound
            offset += 1
        }
        return offset
    }
}

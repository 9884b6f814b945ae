/// The streams of a session that are open, found by number.
///
/// They lie in slots, so that one look-up serves a whole step, and the last one is remembered, so
/// that a flood of messages on one stream costs one look-up.
struct StreamTable: Sendable {
    private var slots: [StreamState] = []
    private var free: [Int] = []
    private var slotByID: [UInt64: Int] = [:]
    private var lastID: UInt64 = .max
    private var lastSlot = 0
    /// How many of ours, and of theirs.
    private(set) var ourCount: UInt64 = 0
    private(set) var theirCount: UInt64 = 0

    /// Where a stream is, if it is open.
    mutating func slot(of id: UInt64) -> Int? {
        if id == lastID { return lastSlot }
        guard let slot = slotByID[id] else { return nil }
        lastID = id
        lastSlot = slot
        return slot
    }

    /// The stream in a slot that `slot(of:)` gave, in place: a `get` would copy it, with all its
    /// references, for each field that is read.
    subscript(slot: Int) -> StreamState {
        _read { yield slots[slot] }
        _modify { yield &slots[slot] }
    }

    /// Takes a stream in.
    mutating func insert(_ stream: StreamState) {
        if stream.isOurs { ourCount += 1 } else { theirCount += 1 }
        if let slot = free.popLast() {
            slots[slot] = stream
            slotByID[stream.id.rawValue] = slot
        } else {
            slotByID[stream.id.rawValue] = slots.count
            slots.append(stream)
        }
    }

    /// Forgets a stream.
    mutating func remove(_ slot: Int) {
        let stream = self[slot]
        if stream.isOurs { ourCount -= 1 } else { theirCount -= 1 }
        slotByID[stream.id.rawValue] = nil
        if lastID == stream.id.rawValue { lastID = .max }
        slots[slot] = Self.nobody
        free.append(slot)
    }

    /// What lies in a free slot.
    private static let nobody = StreamState(StreamID(.max), .state, isOurs: false, expiry: 0)

    /// The slots in use, in the order of streams' numbers.
    var occupied: [Int] {
        slotByID.sorted { $0.key < $1.key }.map(\.value)
    }

    var count: Int { slotByID.count }
}

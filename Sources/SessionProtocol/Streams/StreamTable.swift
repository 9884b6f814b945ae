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

    /// The stream in a slot that `slot(of:)` gave, in place: an array's own `get` would copy it, with
    /// all its references, for each field that is read.
    subscript(slot: Int) -> StreamState {
        _read { yield slots.span[slot] }
        _modify { yield &slots[slot] }
    }

    /// Takes a stream in.
    mutating func insert(_ stream: StreamState) {
        if stream.isOurs { ourCount += 1 } else { theirCount += 1 }
        // Its first message is likely to be next.
        lastID = stream.id.rawValue
        if let slot = free.popLast() {
            slots[slot] = stream
            lastSlot = slot
        } else {
            lastSlot = slots.count
            slots.append(stream)
        }
        slotByID[lastID] = lastSlot
    }

    /// Forgets a stream.
    mutating func remove(_ slot: Int) {
        let id = slots[slot].id.rawValue
        if slots[slot].isOurs { ourCount -= 1 } else { theirCount -= 1 }
        slotByID[id] = nil
        if lastID == id { lastID = .max }
        slots[slot] = Self.nobody
        free.append(slot)
    }

    /// What lies in a free slot.
    private static let nobody = StreamState(StreamID(.max), .state, isOurs: false, expiry: 0)

    /// The slots in use.
    var occupied: [Int] {
        slots.indices.filter { slots[$0].id != Self.nobody.id }
    }

    var count: Int { slotByID.count }
    /// Places for streams, in use or not.
    var slotCount: Int { slots.count }

    /// Gives the memory back that streams of the past took; none may be open.
    mutating func trim() {
        guard slotByID.isEmpty else { return }
        slots = []
        free = []
        slotByID = [:]
        lastID = .max
    }
}

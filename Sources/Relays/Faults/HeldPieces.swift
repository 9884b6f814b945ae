internal import DequeModule

/// What waits for its time in one direction, in the order in which it goes.
struct HeldPieces: Sendable {
    /// A piece, or in place of one an end.
    struct Held: Sendable {
        var piece: RelayPiece
        /// Of its bytes, gone already.
        var sentSize = 0
        var due: Int64
        var ending: FaultyFlow.Ending?

        var leftSize: Int { piece.bytes.count - sentSize }
    }

    private var queue: Deque<Held> = []
    /// The datagram that is to be overtaken by the next.
    private(set) var overtaken: Held?
    /// When the last one is due that keeps its place.
    private var lastDue = Int64.min
    /// In bytes: see ``RelayFaults/heldSizeLimit``.
    private(set) var size = 0

    var first: Held? { queue.first }

    // MARK: In

    /// Puts it behind all others, whenever it is due.
    mutating func append(_ held: Held) {
        lastDue = max(held.due, lastDue, queue.last?.due ?? .min)
        var held = held
        held.due = lastDue
        queue.append(held)
        size += held.piece.heldSize
    }

    /// Puts it behind those that are due before it or with it.
    mutating func insert(_ held: Held) {
        var index = queue.endIndex
        while index > queue.startIndex, queue[index - 1].due > held.due { index -= 1 }
        queue.insert(held, at: index)
        size += held.piece.heldSize
    }

    /// Keeps it until ``releaseOvertaken(due:)``, or at the longest until it is due.
    mutating func overtake(_ held: Held) {
        precondition(overtaken == nil, "one datagram is overtaken at a time")
        overtaken = held
        size += held.piece.heldSize
    }

    /// Puts the one that was to be overtaken in its place.
    mutating func releaseOvertaken(due: Int64) {
        guard var late = overtaken else { return }
        overtaken = nil
        size -= late.piece.heldSize
        late.due = due
        insert(late)
    }

    /// Makes an end that waits a reset.
    mutating func breakEnding() {
        if let last = queue.indices.last, queue[last].ending != nil { queue[last].ending = .reset }
    }

    // MARK: Out

    /// The next so many bytes of the first piece, which is gone when that is all of it.
    mutating func take(_ count: Int) -> RelayPiece {
        let held = queue[queue.startIndex]
        guard count < held.leftSize else {
            queue.removeFirst()
            size -= held.piece.heldSize
            if held.sentSize == 0 { return held.piece }
            return RelayPiece(Array(held.piece.bytes[held.sentSize...]))
        }
        let end = held.sentSize + count
        queue[queue.startIndex].sentSize = end
        return RelayPiece(Array(held.piece.bytes[held.sentSize..<end]))
    }

    /// Throws everything away.
    ///
    /// - Returns: How many bytes that were.
    mutating func removeAll() -> Int {
        var count = overtaken?.leftSize ?? 0
        for held in queue { count += held.leftSize }
        queue.removeAll()
        (overtaken, size) = (nil, 0)
        return count
    }
}

/// A connection on a bad network: bytes arrive late and in pieces, stop for a while, stop for ever,
/// or end anywhere.
///
/// What arrives is a prefix of what was sent: that is what TCP promises.
final class SimulatedConnection {
    /// One way through it.
    struct Pipe {
        /// What is under way, and when it arrives.
        var chunks: [(at: UInt64, bytes: [UInt8])] = []
        var size = 0
        /// When the receiver learns that nothing more comes; nil: it does not.
        var endsAt: UInt64?
        /// Nothing that was sent from now on arrives.
        var isBlackHole = false
        var lastArrival: UInt64 = 0
    }

    let number: Int
    var toServer = Pipe()
    var toClient = Pipe()
    /// What each side thinks of it.
    var isOpenAtClient = true
    var isOpenAtServer = true

    init(number: Int) { self.number = number }
}

extension SimulatedConnection.Pipe {
    /// How much fits before the sender has to wait, in bytes.
    static let capacity = 40_000

    var hasRoom: Bool { size < Self.capacity }

    mutating func send(_ bytes: [UInt8], now: UInt64, _ random: inout SeededGenerator) {
        guard endsAt == nil else { return }
        size += bytes.count
        guard !isBlackHole else { return }
        var rest = bytes[...]
        while !rest.isEmpty {
            let cut = random.oneIn(3) ? random.number(1..<rest.count + 1) : rest.count
            let delay = random.oneIn(20) ? random.number(0..<200_000) : random.number(0..<4_000)
            lastArrival = max(lastArrival, now + UInt64(delay))
            chunks.append((lastArrival, [UInt8](rest.prefix(cut))))
            rest = rest.dropFirst(cut)
        }
    }

    /// What has arrived by now: one piece.
    mutating func receive(now: UInt64) -> [UInt8]? {
        guard let first = chunks.first, first.at <= now else { return nil }
        chunks.removeFirst()
        size -= first.bytes.count
        return first.bytes
    }

    /// Cut: some of what is under way still arrives, perhaps part of a frame, then nothing.
    mutating func cut(now: UInt64, _ random: inout SeededGenerator) {
        var keep = random.number(0..<chunks.count + 1)
        if keep < chunks.count, random.oneIn(2) {
            chunks[keep].bytes = [UInt8](
                chunks[keep].bytes.prefix(random.number(0..<chunks[keep].bytes.count + 1))
            )
            keep += 1
        }
        chunks.removeLast(chunks.count - keep)
        chunks.removeAll { $0.bytes.isEmpty }
        size = chunks.reduce(0) { $0 + $1.bytes.count }
        // Half-open: this side is not told; only silence can tell it.
        let isTold = !random.oneIn(4)
        let delay = UInt64(random.number(0..<50_000))
        endsAt = isTold ? max(lastArrival, now) + delay : .max
    }

    /// The other side closed: all that is under way arrives, then the end.
    mutating func close(now: UInt64) {
        if endsAt == nil { endsAt = max(lastArrival, now) }
    }

    var nextMoment: UInt64? {
        if let first = chunks.first { return first.at }
        return endsAt
    }
}

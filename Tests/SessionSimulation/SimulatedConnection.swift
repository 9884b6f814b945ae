import DequeModule
import SessionProtocol

/// A connection on a bad network: bytes arrive late and in pieces, stop for a while, stop for ever,
/// or end anywhere.
///
/// What arrives is a prefix of what was sent: that is what TCP promises.
final class SimulatedConnection {
    /// One way through it.
    struct Pipe {
        struct Piece {
            let arrival: UInt64
            var bytes: ArraySlice<UInt8>
        }

        /// What is under way.
        var pieces: Deque<Piece> = []
        var size = 0
        /// When the receiver learns that nothing more comes; nil: it does not.
        var endsAt: UInt64?
        /// Nothing that was sent from now on arrives.
        var isBlackHole = false
        /// Microseconds a kilobyte takes, on a slow line.
        var slowness: UInt64 = 0
        var lastArrival: UInt64 = 0
    }

    var toServer = Pipe()
    var toClient = Pipe()
    /// What each side thinks of it.
    var isOpenAtClient = true
    var isOpenAtServer = true
    /// The epoch it has for its client.
    let clientEpoch: UInt64
    /// What the server has read before it knew the session.
    var reader = AttachReader()
    /// Which session it carries, at the server, and its epoch there.
    var session: SimulatedEnd?
    var sessionEpoch: UInt64 = 0

    init(clientEpoch: UInt64) { self.clientEpoch = clientEpoch }
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
            let delay = random.time(below: random.oneIn(20) ? 200_000 : 4_000)
            lastArrival = max(lastArrival, now + delay) + UInt64(cut) * slowness / 1_000
            pieces.append(Piece(arrival: lastArrival, bytes: rest.prefix(cut)))
            rest = rest.dropFirst(cut)
        }
    }

    /// What has arrived by now: one piece.
    mutating func receive(now: UInt64) -> ArraySlice<UInt8>? {
        guard let first = pieces.first, first.arrival <= now else { return nil }
        pieces.removeFirst()
        size -= first.bytes.count
        return first.bytes
    }

    /// Whether the receiver knows that nothing more comes.
    func hasEnded(now: UInt64) -> Bool {
        guard pieces.isEmpty, let endsAt else { return false }
        return endsAt <= now
    }

    /// Cut: some of what is under way still arrives, perhaps part of a frame, then nothing.
    ///
    /// Gives whether the receiver hears of it; otherwise only silence tells.
    mutating func cut(now: UInt64, _ random: inout SeededGenerator) -> Bool {
        var keep = random.number(0..<pieces.count + 1)
        if keep < pieces.count, random.oneIn(2) {
            let size = random.number(0..<pieces[keep].bytes.count)
            pieces[keep].bytes = pieces[keep].bytes.prefix(size)
            if size > 0 { keep += 1 }
        }
        pieces.removeLast(pieces.count - keep)
        size = pieces.reduce(0) { $0 + $1.bytes.count }
        let isTold = !random.oneIn(4)
        endsAt = isTold ? max(lastArrival, now) + random.time(below: 50_000) : .max
        return isTold
    }

    /// The other side closed: all that is under way arrives, then the end.
    mutating func close(now: UInt64) {
        if endsAt == nil { endsAt = max(lastArrival, now) }
    }

    /// When something arrives next.
    var nextMoment: UInt64? { pieces.first?.arrival ?? endsAt }
}

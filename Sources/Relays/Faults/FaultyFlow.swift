internal import SocketsTesting

/// One direction of a relayed connection as a machine: what comes and when goes in, and what is due
/// comes out.
///
/// Pure: times are arguments, in nanoseconds since anything, and draws come from a seed. The same
/// calls give the same steps. The rules:
///
/// 1. What comes is due after the delay, which is drawn for each piece. A stream's pieces are never due
///    before those that came before them; datagrams are.
/// 2. An end comes after everything that came before it, and is delayed like it.
/// 3. What is due goes in chunks, and at the rate.
/// 4. In a black hole everything vanishes, ends too: also what was on its way. What has vanished is never
///    made up for, so a stream must not go on when the hole ends.
/// 5. A stalled flow keeps everything, and lets it go when it is healed: that is what TCP makes of a line
///    that was cut for a while.
package struct FaultyFlow: Sendable {
    /// What is to be done next.
    package enum Step: Sendable, Hashable {
        case send(RelayPiece)
        /// Tell that no more comes; the last step.
        case finish
        /// Tell that the other end has broken; the last step.
        case reset
        /// Nothing until then, unless something happens.
        case wait(until: Int64)
        /// Nothing until something happens.
        case waitForMore
        /// It is over, and nothing is told.
        case over
    }

    /// How the side that sends has ended.
    package enum Ending: Sendable, Hashable {
        case finish
        case reset
    }

    /// What the way is like now.
    package enum Weather: Sendable, Hashable {
        case fair
        case stalled
        case blackHole
    }

    /// How long a datagram is kept for the next one to overtake it.
    ///
    /// Arbitrary: a client that waits for an answer before it sends again must get on.
    static let reorderingPause: Int64 = 100_000_000

    private let delay: Int64
    private let jitter: Int64
    private let faults: RelayFaults
    /// Whether both ends are datagrams, which may be lost and overtaken.
    private let isDatagram: Bool
    private let chunkSize: Int
    private var random: SeededRandom

    private var held = HeldPieces()
    private var bucket: TokenBucket?
    /// Of the first piece, paid for already.
    private var paidSize = 0
    private var ending: Ending?

    package private(set) var weather = Weather.fair
    /// Whether the destination is gone, so that nothing ever goes again.
    private var isBroken = false
    /// Whether the source is gone, so that what looks like its end is none.
    private var isSourceBroken = false
    /// Whether something of a stream has vanished, so that it must not go on.
    package private(set) var hasHole = false
    package private(set) var isOver = false
    package private(set) var counts = FlowCounts()

    /// A flow.
    ///
    /// - Parameters:
    ///   - faults: What goes wrong.
    ///   - isDatagram: Whether both ends are datagrams.
    ///   - pieceSizeLimit: The most bytes of a stream that the destination takes at once.
    ///   - seed: What all draws come from.
    package init(
        _ faults: RelayFaults,
        isDatagram: Bool = false,
        pieceSizeLimit: Int = .max,
        seed: UInt64
    ) {
        faults.check()
        self.faults = faults
        self.isDatagram = isDatagram
        delay = faults.delay.nanoseconds
        jitter = faults.jitter.nanoseconds
        chunkSize = min(faults.chunkSize ?? .max, pieceSizeLimit)
        random = SeededRandom(seed: seed)
    }

    /// What waits, in bytes: see ``RelayFaults/heldSizeLimit``.
    package var heldSize: Int { held.size }

    /// Whether more may be taken.
    package var hasRoom: Bool { isSwallowing || heldSize < faults.heldSizeLimit }

    private var isSwallowing: Bool { isBroken || weather == .blackHole }

    // MARK: In

    /// Takes what came.
    package mutating func take(_ piece: RelayPiece, now: Int64) {
        counts.receivedSize += piece.bytes.count
        if piece.kind != .stream { counts.receivedCount += 1 }
        if isSwallowing { return swallow(piece) }
        guard isDatagram else { return held.append(.init(piece: piece, due: due(now))) }
        if isDrawn(faults.loss) {
            counts.lostCount += 1
            return
        }
        if held.overtaken == nil, isDrawn(faults.reordering) {
            counts.reorderedCount += 1
            return held.overtake(.init(piece: piece, due: now + Self.reorderingPause))
        }
        let due = due(now)
        held.insert(.init(piece: piece, due: due))
        if isDrawn(faults.duplication) {
            counts.doubledCount += 1
            held.insert(.init(piece: piece, due: due))
        }
        held.releaseOvertaken(due: due)
    }

    /// Takes the end of what comes.
    ///
    /// The first counts.
    package mutating func end(_ ending: Ending, now: Int64) {
        guard self.ending == nil else { return }
        let ending = isSourceBroken ? .reset : ending
        self.ending = ending
        held.releaseOvertaken(due: now)
        if isSwallowing { hasHole = true }
        if isSwallowing || faults.isHalfOpen { return }
        held.append(.init(piece: RelayPiece([]), due: due(now), ending: ending))
    }

    /// The side that sends has broken, which may be known before its end has come, or after: what is
    /// told in the end is a reset.
    ///
    /// - Returns: Whether that is too late, because the end has been told.
    package mutating func breakSource() -> Bool {
        if isOver { return true }
        isSourceBroken = true
        held.breakEnding()
        return false
    }

    /// The side that receives has broken: what comes for it vanishes.
    package mutating func breakDestination() {
        isBroken = true
        swallowAll()
    }

    /// Changes the weather.
    package mutating func become(_ weather: Weather) {
        self.weather = weather
        if weather == .blackHole { swallowAll() }
    }

    // MARK: Out

    /// What is to be done now.
    package mutating func next(now: Int64) -> Step {
        if isOver { return .over }
        if isSwallowing {
            isOver = ending != nil
            return isOver ? .over : .waitForMore
        }
        if weather == .stalled { return .waitForMore }
        if let late = held.overtaken, late.due <= now { held.releaseOvertaken(due: now) }
        guard let first = held.first else { return idle() }
        guard first.due <= now else {
            return .wait(until: min(first.due, held.overtaken?.due ?? .max))
        }
        if let ending = first.ending {
            isOver = true
            return ending == .finish ? .finish : .reset
        }
        return nextPiece(first, now: now)
    }

    /// A piece that ``next(now:)`` gave has gone, or so many bytes of it have.
    package mutating func didSend(_ size: Int, of piece: RelayPiece) {
        counts.sentSize += size
        counts.swallowedSize += piece.bytes.count - size
        if size == piece.bytes.count, piece.kind != .stream { counts.sentCount += 1 }
    }

    /// What is to be done while nothing waits.
    private mutating func idle() -> Step {
        if let late = held.overtaken { return .wait(until: late.due) }
        guard ending != nil else { return .waitForMore }
        // Kept from the other side.
        isOver = true
        return .over
    }

    /// As much of the first piece as may go.
    private mutating func nextPiece(_ first: HeldPieces.Held, now: Int64) -> Step {
        let isStream = first.piece.kind == .stream
        let size = isStream ? min(first.leftSize, chunkSize) : first.leftSize
        guard let rate = faults.bytesPerSecond, size > 0 else { return .send(held.take(size)) }
        var bucket = self.bucket ?? TokenBucket(rate: rate, now: now)
        defer { self.bucket = bucket }
        paidSize += bucket.take(size - paidSize, now: now)
        // A stream goes as far as is paid for, what is one message when all of it is.
        guard isStream ? paidSize > 0 : paidSize == size else {
            return .wait(until: now + bucket.wait(for: size - paidSize, now: now))
        }
        defer { paidSize = 0 }
        return .send(held.take(paidSize))
    }

    /// When what comes now is due.
    private mutating func due(_ now: Int64) -> Int64 {
        let shift = jitter == 0 ? 0 : Int64.random(in: -jitter...jitter, using: &random)
        return now + max(0, delay + shift)
    }

    // MARK: Vanishing

    private mutating func swallow(_ piece: RelayPiece) {
        counts.swallowedSize += piece.bytes.count
        hasHole = true
    }

    private mutating func swallowAll() {
        if held.first != nil || held.overtaken != nil { hasHole = true }
        counts.swallowedSize += held.removeAll()
        paidSize = 0
    }

    private mutating func isDrawn(_ share: Double) -> Bool {
        share > 0 && Double.random(in: 0..<1, using: &random) < share
    }
}

extension Duration {
    /// Nanoseconds, rounded down; of a time that ``RelayFaults/check()`` has let pass.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}

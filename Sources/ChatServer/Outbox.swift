/// What one member is still to be sent: whole lines, shared with everyone else who is sent them.
///
/// Rule 1. One writer at a time: whoever is told ``Verdict/wake`` sees to it that there is one.
/// Rule 2. What the writer has taken counts until it asks for more, so the limits bound all that
///         has not reached the kernel.
/// Rule 3. At a limit the queue gives up: what waits is dropped, and one line says how much.
///         Nothing is dropped silently, and nobody waits for room.
/// Rule 4. After `finish` nothing is added; what is there goes out, then the sending side ends.
struct Outbox: Sendable {
    private enum Phase {
        /// Takes lines.
        case open
        /// Takes no more; the writer sends the rest.
        case finishing
        /// Everything is sent, or given up.
        case ended
    }

    /// What adding to it leads to.
    enum Verdict {
        /// The line waits for the writer that is on its way, or is not wanted any more.
        case queued
        /// A writer is needed.
        case wake
        /// The queue has given up; a writer is needed.
        case overflowAndWake
        /// The queue has given up.
        case overflow
    }

    /// What the writer is to do.
    enum Step: Equatable {
        case send([[UInt8]])
        /// Everything is sent: end the sending side.
        case finish
        /// Nothing waits now.
        case rest
        /// It was abandoned while a writer was on its way.
        case stop
    }

    private var phase = Phase.open
    private var lines: [[UInt8]] = []
    private var waitingSize = 0
    private var takenSize = 0
    private var takenCount = 0
    /// Whether a writer is at it, or on its way.
    private(set) var isWriting = false
    /// Whoever waits for the end; at most one.
    var waiter: CheckedContinuation<Void, Never>?

    mutating func append(_ line: [UInt8], _ limits: ChatServer.Limits) -> Verdict {
        guard phase == .open else { return .queued }
        let size = waitingSize + takenSize + line.count
        let count = lines.count + takenCount + 1
        guard size <= limits.queueSizeLimit, count <= limits.queueLineLimit else {
            return giveUp(line)
        }
        lines.append(line)
        waitingSize += line.count
        return wake() ? .wake : .queued
    }

    /// Takes nothing more. True if a writer is needed.
    mutating func finish() -> Bool {
        guard phase == .open else { return false }
        phase = .finishing
        return wake()
    }

    /// For the writer: what it took before is sent.
    mutating func next() -> Step {
        (takenSize, takenCount) = (0, 0)
        guard lines.isEmpty else {
            (takenSize, takenCount) = (waitingSize, lines.count)
            waitingSize = 0
            defer { lines = [] }
            return .send(lines)
        }
        switch phase {
        case .open:
            isWriting = false
            return .rest
        case .finishing: return .finish
        case .ended: return .stop
        }
    }

    /// For the writer: it stops for good. Gives whoever waited for that.
    mutating func writerEnded() -> CheckedContinuation<Void, Never>? {
        abandon()
        isWriting = false
        defer { waiter = nil }
        return waiter
    }

    /// Gives up what has not been sent.
    mutating func abandon() {
        phase = .ended
        (lines, waitingSize) = ([], 0)
    }

    private mutating func wake() -> Bool {
        guard !isWriting else { return false }
        isWriting = true
        return true
    }

    private mutating func giveUp(_ line: [UInt8]) -> Verdict {
        var count = newlineCount(line)
        for dropped in lines { count += newlineCount(dropped) }
        let words =
            "* you read too slowly: \(count) \(count == 1 ? "line was" : "lines were") "
            + "not delivered; goodbye\n"
        lines = [Array(words.utf8)]
        waitingSize = lines[0].count
        phase = .finishing
        return wake() ? .overflowAndWake : .overflow
    }

    /// A history is many lines in one piece.
    private func newlineCount(_ piece: [UInt8]) -> Int {
        piece.reduce(0) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
    }
}

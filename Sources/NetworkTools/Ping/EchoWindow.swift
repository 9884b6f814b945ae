/// The latest requests to one host and what became of each.
///
/// A request has a number that counts from 0, and on the wire the 16 bits of its sequence number,
/// which wrap. Only the latest ``capacity`` requests are remembered, so memory is bounded however
/// long it runs; an answer to an older one is unknown.
struct EchoWindow: Sendable {
    /// What became of a request.
    enum Fate: Sendable {
        case waiting
        case answered
        /// The network said that it did not arrive; an answer may come all the same.
        case refused
        case lost
    }

    /// What an answer is.
    enum Arrival: Equatable, Sendable {
        /// The first one, in time.
        case first(number: Int, sentAt: Int64)
        /// The first one, after the request was given up.
        case late(number: Int, sentAt: Int64)
        case duplicate(number: Int, sentAt: Int64)
        /// Nobody asked, or too long ago.
        case unknown
    }

    struct Entry: Sendable {
        var sentAt: Int64
        var fate: Fate
    }

    /// How many requests are remembered at most: half of what 16 bits tell apart.
    static let capacityLimit = 1 << 15

    let capacity: Int
    private var entries: [Entry] = []
    /// How many requests were sent: the number of the next.
    private(set) var sentCount = 0
    /// Requests below this are settled.
    private var oldestWaiting = 0

    init(capacity: Int) { self.capacity = min(max(1, capacity), Self.capacityLimit) }

    /// The sequence number of a request: the first is 1, as ping(8) has it.
    static func sequenceNumber(of number: Int) -> UInt16 { UInt16(truncatingIfNeeded: number + 1) }

    /// Remembers a request, sent now.
    ///
    /// - Returns: the number of one that is forgotten for it although nothing had become of it.
    mutating func send(at now: Int64) -> Int? {
        let entry = Entry(sentAt: now, fate: .waiting)
        defer { sentCount += 1 }
        guard entries.count == capacity else {
            entries.append(entry)
            return nil
        }
        let place = sentCount % capacity
        let wasWaiting = entries[place].fate == .waiting
        entries[place] = entry
        return wasWaiting ? sentCount - capacity : nil
    }

    /// The request that a sequence number means, if it is remembered.
    func number(of sequenceNumber: UInt16) -> Int? {
        guard sentCount > 0 else { return nil }
        let newest = Self.sequenceNumber(of: sentCount - 1)
        let number = sentCount - 1 - Int(newest &- sequenceNumber)
        return number >= 0 && sentCount - number <= entries.count ? number : nil
    }

    /// An answer with a sequence number has come.
    mutating func answer(_ sequenceNumber: UInt16) -> Arrival {
        guard let number = number(of: sequenceNumber) else { return .unknown }
        let place = number % capacity
        let entry = entries[place]
        switch entry.fate {
        case .waiting, .refused:
            entries[place].fate = .answered
            return .first(number: number, sentAt: entry.sentAt)
        case .lost:
            entries[place].fate = .answered
            return .late(number: number, sentAt: entry.sentAt)
        case .answered: return .duplicate(number: number, sentAt: entry.sentAt)
        }
    }

    /// The network says that a request did not arrive; false if nothing was waited for.
    mutating func refuse(_ sequenceNumber: UInt16) -> Bool {
        guard let number = number(of: sequenceNumber),
            entries[number % capacity].fate == .waiting
        else { return false }
        entries[number % capacity].fate = .refused
        return true
    }

    /// Gives the oldest request up that was sent at `time` or before and waits: its number, or nil
    /// when there is none.
    mutating func expire(sentUntil time: Int64) -> Int? {
        guard let number = oldestWaitingNumber(), entries[number % capacity].sentAt <= time else {
            return nil
        }
        entries[number % capacity].fate = .lost
        return number
    }

    /// When the oldest request that waits was sent.
    mutating func oldestWaitingSentAt() -> Int64? {
        oldestWaitingNumber().map { entries[$0 % capacity].sentAt }
    }

    private mutating func oldestWaitingNumber() -> Int? {
        oldestWaiting = max(oldestWaiting, sentCount - entries.count)
        while oldestWaiting < sentCount, entries[oldestWaiting % capacity].fate != .waiting {
            oldestWaiting += 1
        }
        return oldestWaiting < sentCount ? oldestWaiting : nil
    }

    /// How many requests wait.
    var waitingCount: Int {
        var count = 0
        for entry in entries where entry.fate == .waiting { count += 1 }
        return count
    }
}

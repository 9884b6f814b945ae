/// When each session of a server comes back if all lose their connections at once (§3).
///
/// A new session gets the earliest slot that nobody has, so *n* sessions have the first *n*, and
/// after a crash they arrive one by one, evenly, at the rate the server can take.
///
/// ```swift
/// var slots = ReconnectSlots(sessionsPerSecond: 2_000)
/// let slot = slots.take()
/// settings.timing.slot = slot.milliseconds  // and when the session is over:
/// slots.giveBack(slot)
/// ```
///
/// Slots drawn at random from a window that grows with the sessions would not do: the first to come
/// drew from a small one, and half of all would be back in a fraction of the time. It keeps one bit
/// for each of the most sessions there were at a time.
public struct ReconnectSlots: Sendable {
    /// How many sessions a second the server takes back.
    public let sessionsPerSecond: UInt32
    /// Slots in use.
    public private(set) var count = 0
    /// One bit a slot: somebody has it.
    private var words: [UInt64] = []
    /// In no word before this one is a slot free.
    private var firstWord = 0

    /// All slots free; at least one session a second.
    public init(sessionsPerSecond: UInt32) {
        precondition(sessionsPerSecond > 0, "a server takes sessions back")
        self.sessionsPerSecond = sessionsPerSecond
    }

    /// Takes the earliest slot that is free.
    public mutating func take() -> ReconnectSlot {
        while firstWord < words.count, words[firstWord] == .max { firstWord += 1 }
        if firstWord == words.count { words.append(0) }
        let bit = (~words[firstWord]).trailingZeroBitCount
        words[firstWord] |= 1 << UInt64(bit)
        count += 1
        return ReconnectSlot(place: firstWord * 64 + bit, sessionsPerSecond)
    }

    /// The session that had this slot is over.
    public mutating func giveBack(_ slot: ReconnectSlot) {
        let bit: UInt64 = 1 << UInt64(slot.place % 64)
        let word = slot.place / 64
        precondition(word < words.count && words[word] & bit != 0, "a slot is given back once")
        words[word] &= ~bit
        firstWord = min(firstWord, word)
        count -= 1
    }
}

/// A session's place in the queue of those that come back.
public struct ReconnectSlot: Hashable, Sendable {
    let place: Int
    /// How long the session's client waits after its connection ended: what `ACCEPT` tells it.
    ///
    /// What 32 bits cannot say becomes the longest they can, 49 days.
    public let milliseconds: UInt32

    init(place: Int, _ sessionsPerSecond: UInt32) {
        self.place = place
        let (high, low) = UInt64(place).multipliedFullWidth(by: 1_000)
        let rate = UInt64(sessionsPerSecond)
        let wait = high < rate ? rate.dividingFullWidth((high, low)).quotient : .max
        milliseconds = UInt32(clamping: wait)
    }
}

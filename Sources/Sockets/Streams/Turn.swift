/// What one long operation has moved since the others of its loop had their turn.
struct Turn {
    private var left = Streak.limit

    /// Counts bytes that were moved without waiting; true when it is time to let the others go
    /// first, and to look at what an operation that never waits would not meet.
    mutating func take(_ count: Int) -> Bool {
        left -= count
        guard left <= 0 else { return false }
        left = Streak.limit
        return true
    }
}

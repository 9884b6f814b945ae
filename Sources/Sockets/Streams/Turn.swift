/// What one connection may move before the others of its loop have their turn.
struct Turn {
    private let loop: EventLoop
    private var left = Streak.limit

    init(of loop: EventLoop) { self.loop = loop }

    /// Counts bytes that were moved without waiting; lets the others go first when it is time.
    mutating func take(_ count: Int) async {
        left -= count
        guard left <= 0 else { return }
        left = Streak.limit
        if loop.isCurrent { await loop.yield() }
    }
}

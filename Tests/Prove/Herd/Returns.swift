import Sockets

/// When the sessions of a herd lost their server, and when they were back.
struct Returns: Sendable {
    /// Sessions that are attached.
    var attachedCount = 0
    /// When the first of them noticed.
    private(set) var lostAt: Deadline?
    /// Times since then.
    private(set) var connections: [Duration] = []
    private(set) var returns: [Duration] = []

    mutating func noteLost() {
        attachedCount -= 1
        if lostAt == nil { lostAt = .now }
    }

    mutating func noteConnection() {
        if let time { connections.append(time) }
    }

    mutating func noteAttached() {
        attachedCount += 1
        if let time { returns.append(time) }
    }

    /// Since the server was lost.
    private var time: Duration? {
        lostAt.map { .nanoseconds(Deadline.now.nanoseconds - $0.nanoseconds) }
    }

    /// For the next time.
    mutating func clear() {
        lostAt = nil
        connections = []
        returns = []
    }
}

/// How often something happened, in equal parts of time, as bars.
struct Histogram {
    private static let barWidth = 50

    let span: Duration
    /// What each part should have.
    let flatCount: Double
    private var counts: [Int] = []

    init(_ times: [Duration], span: Duration, flatCount: Double) {
        self.span = span
        self.flatCount = flatCount
        for time in times {
            let place = Int(time / span)
            while counts.count <= place { counts.append(0) }
            counts[place] += 1
        }
    }

    /// The fullest part, and how much more it has than it should.
    var worst: String {
        let most = counts.max() ?? 0
        let share = (Double(most) / flatCount * 100).rounded() / 100
        return
            "\(most) in the worst \(milliseconds(1)) ms, \(Int(flatCount)) would be flat: \(share)"
    }

    /// Bars, with the numbers of another beside its own.
    func lines(beside other: Histogram) -> [String] {
        let most = max(1, counts.max() ?? 1)
        return (0..<max(counts.count, other.counts.count)).map { place in
            let count = self.count(at: place)
            let bar = String(repeating: "#", count: count * Self.barWidth / most)
            let numbers = padded(count) + padded(other.count(at: place))
            return "\(padded(milliseconds(place))) ms \(numbers) \(bar)"
        }
    }

    private func count(at place: Int) -> Int { place < counts.count ? counts[place] : 0 }

    private func milliseconds(_ count: Int) -> Int { Int(span * count / .milliseconds(1)) }

    private func padded(_ number: Int) -> String {
        let text = "\(number)"
        return String(repeating: " ", count: max(0, 6 - text.count)) + text
    }
}

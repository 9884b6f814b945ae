/// What a server is moving right now, with the time as an argument, and the one line that says so.
struct TransferList {
    private struct Transfer {
        let name: String
        var moved = 0
        var total: Int?
    }

    /// In nanoseconds.
    ///
    /// Arbitrary: five times a second is smooth enough for numbers.
    private static let pause: Int64 = 200_000_000

    private var transfers: [Int: Transfer] = [:]
    private var lastNumber = 0
    /// What has moved since something began to.
    private var movedCount = 0
    private var rate = RecentRate()
    private var drawn: Int64?

    /// A request begins.
    ///
    /// - Returns: Its number.
    mutating func begin(_ name: String) -> Int {
        lastNumber += 1
        transfers[lastNumber] = Transfer(name: name)
        return lastNumber
    }

    /// A request has moved so much of its body.
    ///
    /// - Returns: The line to show, or nil when one was shown just now.
    mutating func moved(_ number: Int, _ size: Int, of total: Int?, at time: Int64) -> String? {
        guard var transfer = transfers[number] else { return nil }
        // A request with a body is answered with another: each counts from zero.
        movedCount += size >= transfer.moved ? size - transfer.moved : size
        transfer.moved = size
        transfer.total = total
        transfers[number] = transfer
        return draw(at: time)
    }

    /// A request is over.
    ///
    /// - Returns: The line to show, empty for none; nil when nothing was shown of it.
    mutating func end(_ number: Int, at time: Int64) -> String? {
        transfers[number] = nil
        guard drawn != nil else { return nil }
        guard !isMoving else {
            drawn = nil
            return draw(at: time)
        }
        drawn = nil
        rate = RecentRate()
        movedCount = 0
        return ""
    }

    private var isMoving: Bool { transfers.values.contains { $0.moved > 0 } }

    private mutating func draw(at time: Int64) -> String? {
        if let drawn, time - drawn < Self.pause { return nil }
        drawn = time
        rate.add(movedCount, at: time)
        let moving = transfers.sorted { $0.key < $1.key }.map(\.value).filter { $0.moved > 0 }
        guard let first = moving.first else { return "" }
        let speed = rate.bytesPerSecond
        guard moving.count > 1 else {
            return
                "\(ProgressText.transfer(first.moved, of: first.total, rate: speed)) \(first.name)"
        }
        let moved = moving.reduce(0) { $0 &+ $1.moved }
        let totals = moving.compactMap(\.total)
        let total = totals.count == moving.count ? totals.reduce(0, &+) : nil
        let text = ProgressText.transfer(moved, of: total, rate: speed)
        return "\(text) (\(moving.count) transfers)"
    }
}

import Console
import Sessions
import Sockets

/// Watches until the market closes, then says what was seen.
func watch(_ endpoint: Endpoint, pause: Duration) async throws {
    try await Session.connect(to: endpoint) { session in
        var trades: LogReceiver?
        var prices: StateReceiver?
        while trades == nil || prices == nil, let stream = try await session.incoming.next() {
            if case .log(let log) = stream { trades = log }
            if case .state(let state) = stream { prices = state }
        }
        guard let trades, let prices else { return }
        async let log = follow(trades)
        async let latest = look(at: prices, pause)
        say(try await log)
        say(try await latest)
        say("\(session.statistics().attachmentCount - 1) times the line was lost")
    }
}

/// Takes every trade.
private func follow(_ trades: LogReceiver) async throws -> String {
    var count: UInt64 = 0
    var missing: UInt64 = 0
    for try await element in trades {
        switch element {
        case .message: count += 1
        case .gap(let gap): missing += gap.count
        }
    }
    return "\(count) trades, \(missing) missing"
}

/// Takes the latest price of a share, and looks at it for a while.
private func look(at prices: StateReceiver, _ pause: Duration) async throws -> String {
    var latest: [String: Int] = [:]
    var (count, skipped) = (0, UInt64(0))
    for try await case .value(let share, let bytes, let skippedCount) in prices {
        latest[share.text] = Int(String(decoding: bytes, as: UTF8.self))
        count += 1
        skipped += skippedCount
        if pause > .zero { try await prices.session.loop.sleep(until: .after(pause)) }
    }
    return "\(count) prices, \(skipped) skipped; the last: \(words(latest))"
}

import Console
import Sessions
import Sockets

/// One market for everybody who watches: 2,000 trades a second.
actor Market {
    private struct Watcher {
        let session: Session
        let prices: StateSender
        let trades: LogSender
    }

    private var prices = ["ACME": 10_000, "GLOBEX": 5_000, "HOOLI": 2_500]
    private var tradeCount = 0
    private var watchers: [SessionID: Watcher] = [:]
    private var isClosed = false

    /// Lets somebody watch, until the market closes.
    func open(to session: Session) async throws {
        let watcher = Watcher(
            session: session,
            prices: try await session.state("prices"),
            // Who is too slow even for the log is told what is missing, and delays nobody.
            trades: try await session.log("trades", overflow: .dropOldest)
        )
        if isClosed { return }
        watchers[session.id] = watcher
        for (share, price) in prices { try await watcher.prices.post("\(price)", key: share) }
        try await session.waitForEnd()
    }

    func run(seconds: Int) async throws {
        let loop = EventLoopGroup.shared.next()
        let start = Deadline.now
        while tradeCount < seconds * 2_000 {
            await trade()
            try await loop.sleep(until: start.advanced(by: .microseconds(500 * tradeCount)))
        }
    }

    private func trade() async {
        guard let (share, price) = prices.randomElement() else { return }
        let next = max(1, price + .random(in: -5...5))
        prices[share] = next
        tradeCount += 1
        for (id, watcher) in watchers {
            do {
                try await watcher.prices.post("\(next)", key: share)
                try await watcher.trades.post("\(tradeCount) \(share) \(next)")
            } catch {
                watchers[id] = nil  // has left
            }
        }
    }

    /// Ends every session, when those who watch have taken the last price and the last trade.
    func close() async {
        isClosed = true
        await withTaskGroup { group in
            for watcher in watchers.values {
                group.addTask {
                    try? await watcher.trades.finish()
                    try? await watcher.prices.finish()
                    await watcher.session.close()
                }
            }
        }
        say("closed after \(tradeCount) trades: \(words(prices))")
    }
}

func words(_ prices: [String: Int]) -> String {
    prices.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: " ")
}

func serve(on endpoint: Endpoint, seconds: Int) async throws {
    let market = Market()
    try await SessionServer.listen(on: [endpoint]) { server in
        say("listening on \(Endpoint(server.localAddresses[0]))")
        async let serving: Void = server.serve { try await market.open(to: $0) }
        try await market.run(seconds: seconds)
        await market.close()
        server.drain(before: .after(.seconds(5)))
        try await serving
    }
}

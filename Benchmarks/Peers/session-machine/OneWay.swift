import SessionProtocol

/// A log of small messages, so many handed over at a time.
struct OneWay: Load {
    var pair: Pair
    let batch: Int
    private let log: StreamID
    private let payload = [UInt8](repeating: 0x61, count: 64)

    var countOfRound: Int { batch }

    init(batch: Int) throws {
        self.batch = batch
        pair = try Pair()
        log = try pair.client.open(.log, name: [])
    }

    mutating func round() throws {
        let (batch, log, payload) = (batch, log, payload)
        var taken = 0
        var delivered = 0
        try pair.atClient { client, _ in
            for _ in 0..<batch { _ = try client.send(payload, on: log) }
        }
        pair.carryToServer()
        pair.atServer { server, now in
            while server.nextEvent() != nil {}
            while case .message? = server.take(from: log, now: now) { taken += 1 }
        }
        pair.carryToClient()
        pair.atClient { client, _ in
            while let event = client.nextEvent() {
                if case .receipt(_, _, .delivered) = event { delivered += 1 }
            }
        }
        precondition(taken == batch && delivered == batch, "every message arrives")
    }
}

import SessionProtocol

/// Calls of 64 bytes with answers of 64 bytes, so many under way at a time.
struct Calls: Load {
    var pair: Pair
    let underWay: Int
    private let name: [UInt8] = [0x61, 0x64, 0x64]
    private let payload = [UInt8](repeating: 0x61, count: 64)

    var countOfRound: Int { underWay }

    init(underWay: Int) throws {
        self.underWay = underWay
        pair = try Pair()
    }

    mutating func round() throws {
        let (underWay, name, payload) = (underWay, name, payload)
        var answered = 0
        try pair.atClient { client, _ in
            for _ in 0..<underWay {
                let call = try client.open(.call, name: name)
                _ = try client.send(payload, on: call, isLast: true)
            }
        }
        pair.carryToServer()
        try pair.atServer { server, now in
            while let event = server.nextEvent() {
                guard case .readable(let call) = event else { continue }
                while case .message(_, let request, _)? = server.take(from: call, now: now) {
                    _ = try server.send(request, on: call, isLast: true)
                }
            }
        }
        pair.carryToClient()
        pair.atClient { client, now in
            while let event = client.nextEvent() {
                guard case .readable(let call) = event else { continue }
                while case .message? = client.take(from: call, now: now) { answered += 1 }
            }
        }
        precondition(answered == underWay, "every call is answered")
    }
}

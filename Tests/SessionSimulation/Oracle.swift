import SessionProtocol

/// What really happened, seen from outside: who sent what, who took it, who was told what.
package struct Oracle {
    struct Message {
        let flow: Int
        /// On the sender's clock.
        let expiry: UInt64?
        var receipt: Receipt?
        var isTaken = false
        /// Its receiver was given it, and has not said to be done with it.
        var isInHand = false
        /// Its sender asked for it back.
        var isCancelled = false
        /// Its sender crashed before it had a receipt: nobody is there to be told.
        var isOrphan = false

        /// A gap may stand in its place, whatever its receipt says.
        var mayBeWithdrawn: Bool { isCancelled || expiry != nil }
    }

    private(set) var messages: [Message] = []
    var flows: [Flow] = []
    var flowNumbers: [FlowName: Int] = [:]
    /// Sessions are being closed: what is in hand then counts as taken.
    var isClosing = false
    /// Sends that wait for a receipt.
    private(set) var openCount = 0
    package private(set) var failures: [String] = []
    package var tally = SimulationTally()

    mutating func fail(_ text: String) {
        if failures.count < 20 { failures.append(text) }
    }

    /// The payload of the message that is about to be sent, which says which it is.
    func payload(size: Int) -> [UInt8] {
        let id = messages.count
        var payload: [UInt8] = []
        payload.reserveCapacity(5 + size)
        payload.append(0xAB)
        for shift in [24, 16, 8, 0] { payload.append(UInt8(id >> shift & 0xFF)) }
        payload.append(contentsOf: Self.text(of: id, size: size))
        return payload
    }

    /// It was sent; gives which it is.
    mutating func send(on flow: Int, expiry: UInt64?) -> Int {
        flows[flow].entries.append(.message(messages.count))
        messages.append(Message(flow: flow, expiry: expiry))
        openCount += 1
        tally.sent += 1
        return messages.count - 1
    }

    mutating func cancel(_ id: Int) { messages[id].isCancelled = true }

    /// Which message this is; nil (and a failure) if it is none.
    mutating func identify(_ payload: [UInt8]) -> Int? {
        guard payload.count >= 5, payload[0] == 0xAB else {
            fail("a message arrived that nobody sent: \(payload.prefix(8))")
            return nil
        }
        let id = payload[1..<5].reduce(0) { $0 << 8 | Int($1) }
        guard id < messages.count else {
            fail("a message arrived that nobody sent: number \(id)")
            return nil
        }
        let text = payload[5...]
        guard text.count <= Self.textSize, text == Self.text(of: id, size: text.count) else {
            fail("message \(id) was changed on the way")
            return nil
        }
        return id
    }

    /// The application took a message.
    mutating func take(_ id: Int, now: UInt64, staysInHand: Bool) {
        let message = messages[id]
        messages[id].isTaken = true
        messages[id].isInHand = staysInHand
        tally.taken += 1
        if message.isTaken { fail("message \(id) was taken twice") }
        if let expiry = message.expiry, flows[message.flow].clock.reading(now) >= expiry {
            fail("message \(id) ran after its deadline")
        }
        switch message.receipt {
        case .notDelivered(let code)?: fail("message \(id) ran after its receipt: \(code)")
        case .unknown(.deadline)?: fail("message \(id) ran after its deadline's receipt")
        case .delivered?: fail("message \(id) was delivered before it was taken")
        case .unknown?, nil: break
        }
    }

    /// The application has dealt with it.
    mutating func confirm(_ id: Int) { messages[id].isInHand = false }

    mutating func receipt(_ id: Int, _ receipt: Receipt) {
        let message = messages[id]
        if message.receipt != nil { fail("message \(id) has two receipts") }
        messages[id].receipt = receipt
        openCount -= 1
        switch receipt {
        case .delivered:
            tally.delivered += 1
            if !message.isTaken { fail("message \(id) is called delivered, and was not taken") }
            if message.isInHand, !flows[message.flow].isReset, !isClosing {
                fail("message \(id) is called delivered, and is still in hand")
            }
        case .notDelivered(let code):
            tally.notDelivered += 1
            if message.isTaken, !message.isInHand {
                fail("message \(id) is called not delivered (\(code)), and was taken")
            }
        case .unknown:
            tally.unknown += 1
        }
    }

    mutating func crash(of sender: Int) {
        for id in messages.indices where flows[messages[id].flow].name.sender == sender {
            guard messages[id].receipt == nil else { continue }
            messages[id].isOrphan = true
            openCount -= 1
            tally.orphaned += 1
        }
    }

    mutating func failIfSomethingIsOpen() {
        for (id, message) in messages.enumerated()
        where message.receipt == nil && !message.isOrphan {
            fail("message \(id) has no receipt")
        }
    }
}

extension Oracle {
    /// More than any message of the simulation has.
    static let textSize = 65_536

    /// What messages are made of.
    private static let allText: [UInt8] = {
        var random = SeededGenerator(seed: 0)
        return (0..<textSize + 256).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }()

    /// What message `id` says: the text from a place on that its number decides.
    private static func text(of id: Int, size: Int) -> ArraySlice<UInt8> {
        allText[id & 0xFF..<id & 0xFF + size]
    }
}

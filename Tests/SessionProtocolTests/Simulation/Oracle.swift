@testable import SessionProtocol

/// What really happened, seen from outside: who sent what, who took it, who was told what.
struct Oracle {
    struct Message {
        let sender: Int
        let clock: SimulatedClock
        let stream: UInt64
        let key: UInt8?
        /// On the sender's clock.
        let expiry: UInt64?
        var receipt: Receipt?
        var takenCount = 0
        /// Its sender crashed before it had a receipt: nobody is there to be told.
        var isOrphan = false
        var isDatagram = false
    }

    private(set) var messages: [Message] = []
    private(set) var failures: [String] = []
    private(set) var deliveredCount = 0
    private(set) var unknownCount = 0
    private(set) var refusedCount = 0
    private(set) var gapCount = 0
    private(set) var resumeCount = 0

    mutating func fail(_ text: String) {
        if failures.count < 20 { failures.append(text) }
    }

    /// A message about to be sent; its payload says which it is.
    mutating func make(_ message: Message, size: Int) -> [UInt8] {
        let id = messages.count
        messages.append(message)
        var payload: [UInt8] = [0xAB]
        for shift in [24, 16, 8, 0] { payload.append(UInt8(id >> shift & 0xFF)) }
        for place in 0..<size { payload.append(UInt8((id &* 31 &+ place &* 7) & 0xFF)) }
        return payload
    }

    /// The last one made was not sent after all.
    mutating func unmake() { messages.removeLast() }

    var lastID: Int { messages.count - 1 }

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
        for place in 5..<payload.count
        where payload[place] != UInt8((id &* 31 &+ (place - 5) &* 7) & 0xFF) {
            fail("message \(id) was changed on the way")
            return nil
        }
        return id
    }

    /// The application took a message.
    mutating func take(_ id: Int, now: UInt64) {
        messages[id].takenCount += 1
        let message = messages[id]
        if message.takenCount > 1 { fail("message \(id) was taken twice") }
        if let expiry = message.expiry, message.clock.reading(now) >= expiry {
            fail("message \(id) ran after its deadline")
        }
        switch message.receipt {
        case .notDelivered(let code)?: fail("message \(id) ran after its receipt: \(code)")
        case .unknown(.deadline)?: fail("message \(id) ran after its deadline's receipt")
        case .delivered?: fail("message \(id) was delivered before it was taken")
        case .unknown?, nil: break
        }
    }

    mutating func receipt(_ id: Int, _ receipt: Receipt) {
        let message = messages[id]
        if message.receipt != nil { fail("message \(id) has two receipts") }
        messages[id].receipt = receipt
        switch receipt {
        case .delivered:
            deliveredCount += 1
            if message.takenCount != 1 {
                fail("message \(id) is called delivered, and was taken \(message.takenCount) times")
            }
        case .notDelivered(let code):
            refusedCount += 1
            if message.takenCount > 0 {
                fail("message \(id) is called not delivered (\(code)), and was taken")
            }
        case .unknown: unknownCount += 1
        }
    }

    mutating func noteGap() { gapCount += 1 }
    mutating func noteResume() { resumeCount += 1 }

    mutating func crash(of sender: Int) {
        for id in messages.indices where messages[id].sender == sender {
            if messages[id].receipt == nil { messages[id].isOrphan = true }
        }
    }

    /// Sends that still wait for a receipt.
    var openCount: Int { messages.count { $0.receipt == nil && !$0.isOrphan } }

    mutating func finish() {
        for (id, message) in messages.enumerated()
        where message.receipt == nil && !message.isOrphan {
            fail("message \(id) has no receipt")
        }
    }
}

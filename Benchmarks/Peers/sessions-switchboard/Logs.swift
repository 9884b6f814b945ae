import CallLoad
import Sessions
import Sockets

/// Messages one way, as fast as they are taken; counted when they were delivered.
func log(_ endpoint: Endpoint, _ words: inout CommandWords) async throws {
    let plan = Plan(&words)
    try await Session.connect(to: endpoint, clientConfiguration()) { session in
        let log = try await session.log("log")
        let meter = Meter(plan)
        var deliveredCount = 0
        while true {
            // Looking at the clock for each of them would be a good part of the cost.
            for _ in 0..<256 { try await log.post(payload) }
            let count = session.statistics().deliveredCount
            let new = count - deliveredCount
            deliveredCount = count
            if meter.done(new, at: monotonicNanoseconds()) == nil { break }
        }
        meter.report()
        log.reset()
    }
}

/// Messages one way at a rate; each says when it should have been sent, so that a sender that is late
/// makes the latency larger and not smaller.
func latency(_ endpoint: Endpoint, _ words: inout CommandWords) async throws {
    let rate: Double = words.number()
    let seconds: Double = words.number()
    words.end()
    try await Session.connect(to: endpoint, clientConfiguration()) { session in
        let log = try await session.log("timed")
        let begin = Deadline.now.advanced(by: .milliseconds(10))
        let zero = monotonicNanoseconds() + 10_000_000
        for number in 0..<Int(rate * seconds) {
            let due = UInt64(Double(number) / rate * 1e9)
            if zero + due > monotonicNanoseconds() {
                try await session.loop.sleep(until: begin.advanced(by: .nanoseconds(Int64(due))))
            }
            var message = payload
            for place in 0..<8 {
                message[place] = UInt8(truncatingIfNeeded: (zero + due) >> UInt64(56 - place * 8))
            }
            try await log.post(message)
        }
        try await log.finish()
        let answer = try await session.call("latency")
        let figures = String(decoding: answer, as: UTF8.self).split(separator: " ")
        guard figures.count == 3 else { fail("nothing came") }
        print("{\"count\": \(figures[0]), \"p50_us\": \(figures[1]), \"p99_us\": \(figures[2])}")
    }
}

public import Glibc
import Synchronization

/// What is to be measured: for how long, after how long, and who is at the other end.
public struct Plan: Sendable {
    /// Seconds before anything counts.
    public let warmUp: Double
    /// Seconds that are measured.
    public let seconds: Double
    /// The server's process.
    public let server: pid_t

    /// From the last three words of a command line: WARM-UP SECONDS SERVER-PID.
    public init(_ words: inout CommandWords) {
        warmUp = words.number()
        seconds = words.number()
        server = words.number()
        words.end()
    }
}

/// Counts what is done, and reads both ends' clocks where the measured time begins and ends.
public final class Meter: Sendable {
    /// What is known at one moment: times in nanoseconds.
    private struct Reading {
        let time: UInt64
        let count: Int
        let client: UInt64
        let server: UInt64
    }

    private let server: ProcessClock
    private let client = ProcessClock()
    private let begin: UInt64
    private let end: UInt64
    private let total = Atomic<Int>(0)
    private let readings = Mutex<[Reading]>([])
    /// How many readings there are.
    private let phase = Atomic<Int>(0)

    /// Its time begins now.
    public init(_ plan: Plan) {
        server = ProcessClock(of: plan.server)
        begin = monotonicNanoseconds() + UInt64(plan.warmUp * 1e9)
        end = begin + UInt64(plan.seconds * 1e9)
    }

    /// So many are done, at a moment.
    ///
    /// - Returns: Whether they count; nil when the time is over.
    public func done(_ count: Int = 1, at now: UInt64) -> Bool? {
        let total = total.add(count, ordering: .relaxed).newValue
        switch phase.load(ordering: .relaxed) {
        case 0:
            if now >= begin { read(0, total) }
            return false
        case 1:
            if now >= end { read(1, total) }
            return true
        default: return nil
        }
    }

    private func read(_ index: Int, _ count: Int) {
        guard
            phase.compareExchange(expected: index, desired: index + 1, ordering: .relaxed).exchanged
        else { return }
        let reading = Reading(
            time: monotonicNanoseconds(),
            count: count,
            client: client.nanoseconds,
            server: server.nanoseconds
        )
        readings.withLock { $0.append(reading) }
    }

    /// Prints what was measured as one JSON object.
    public func report(latencies: [UInt64] = []) {
        let readings = readings.withLock { $0 }
        guard readings.count == 2 else { fail("nothing was done in the measured time") }
        let (first, last) = (readings[0], readings[1])
        var fields = [
            "\"count\": \(last.count - first.count)",
            "\"seconds\": \(Double(last.time - first.time) / 1e9)",
            "\"client_ns\": \(last.client - first.client)",
            "\"server_ns\": \(last.server - first.server)",
        ]
        if let spread = Spread(latencies) {
            fields += ["\"p50_us\": \(spread.median)", "\"p99_us\": \(spread.percentile99)"]
        }
        print("{\(fields.joined(separator: ", "))}")
    }
}

/// Where the middle and the slow end of some times are, in microseconds.
public struct Spread: Sendable {
    /// Half of them are below.
    public let median: Double
    /// All but a hundredth are below.
    public let percentile99: Double

    /// Nil of no times.
    public init?(_ nanoseconds: [UInt64]) {
        guard !nanoseconds.isEmpty else { return nil }
        let sorted = nanoseconds.sorted()
        median = Double(sorted[sorted.count / 2]) / 1e3
        percentile99 = Double(sorted[sorted.count * 99 / 100]) / 1e3
    }
}

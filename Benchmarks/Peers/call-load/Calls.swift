/// Makes calls, so many under way at a time, each of which begins when the one before is answered; and
/// prints what one costs.
public func measureCalls(
    _ plan: Plan,
    underWay: Int,
    _ call: @escaping @Sendable () async throws -> Void
) async throws {
    let meter = Meter(plan)
    let latencies = try await withThrowingTaskGroup(of: [UInt64].self) { callers in
        for _ in 0..<underWay {
            callers.addTask {
                var latencies: [UInt64] = []
                var begun = monotonicNanoseconds()
                while true {
                    try await call()
                    let now = monotonicNanoseconds()
                    guard let counts = meter.done(at: now) else { return latencies }
                    if counts { latencies.append(now - begun) }
                    begun = now
                }
            }
        }
        return try await callers.reduce(into: []) { $0 += $1 }
    }
    meter.report(latencies: latencies)
}

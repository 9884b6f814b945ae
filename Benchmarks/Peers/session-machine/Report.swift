import Glibc

/// What is measured.
protocol Load {
    var pair: Pair { get set }
    /// How many one round is.
    var countOfRound: Int { get }
    /// Traps if not everything happens that should.
    mutating func round() throws
}

/// Nanoseconds this thread has computed.
private func threadTime() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

/// Runs a load for so many seconds; gives how many, and what one took.
private func measure(_ load: inout some Load, _ seconds: Double) throws -> Double {
    for _ in 0..<1_000 { try load.round() }  // what grows once has grown
    load.pair.clientTime = 0
    load.pair.serverTime = 0
    let start = threadTime()
    let end = start + UInt64(seconds * 1_000_000_000)
    var count = 0
    var now = start
    while now < end {
        // Asking for the time is a system call.
        for _ in 0..<1_000 {
            try load.round()
            count += load.countOfRound
        }
        now = threadTime()
    }
    return Double(now - start) / Double(count)
}

func report(
    _ name: String,
    _ ends: (String, String),
    _ seconds: Double,
    _ make: () throws -> some Load
) throws {
    var load = try make()
    let together = try measure(&load, seconds)
    var shared = try make()
    shared.pair.isShared = true
    _ = try measure(&shared, seconds)
    let sum = Double(shared.pair.clientTime + shared.pair.serverTime)
    let client = together * Double(shared.pair.clientTime) / sum
    func words(_ name: String, _ time: Double) -> String {
        "\(name) \(Int(time)) ns \(Int(1_000_000_000 / time))/s"
    }
    print(
        "\(name):",
        words("together", together) + ",",
        words(ends.0, client) + ",",
        words(ends.1, together - client)
    )
}

/// How much happened: a simulation in which nothing happens proves nothing.
package struct SimulationTally: Sendable {
    package var steps: UInt64 = 0
    package var microseconds: UInt64 = 0
    package var bytes: UInt64 = 0

    package var sent: UInt64 = 0
    package var taken: UInt64 = 0
    package var delivered: UInt64 = 0
    package var notDelivered: UInt64 = 0
    package var unknown: UInt64 = 0
    /// Their sender crashed before it had a receipt.
    package var orphaned: UInt64 = 0
    package var gaps: UInt64 = 0
    package var missing: UInt64 = 0
    /// Calls that their callees ended while requests could still come.
    package var earlyEnds: UInt64 = 0

    package var connections: UInt64 = 0
    package var resumes: UInt64 = 0
    package var cuts: UInt64 = 0
    package var halfOpen: UInt64 = 0
    package var blackHoles: UInt64 = 0
    package var partitions: UInt64 = 0
    package var slowLines: UInt64 = 0
    package var slowReaders: UInt64 = 0
    package var silences: UInt64 = 0
    package var drains: UInt64 = 0
    package var serverRestarts: UInt64 = 0
    package var clientRestarts: UInt64 = 0
    package var balances: UInt64 = 0

    package init() {}

    /// Each sum with its name, for people.
    package static var columns: [(name: String, sum: WritableKeyPath<Self, UInt64>)] {
        [
            ("steps", \.steps), ("bytes carried", \.bytes),
            ("messages sent", \.sent), ("taken", \.taken), ("delivered", \.delivered),
            ("not delivered", \.notDelivered), ("unknown", \.unknown),
            ("sender crashed", \.orphaned),
            ("gaps", \.gaps), ("messages in gaps", \.missing),
            ("ended early", \.earlyEnds),
            ("connections", \.connections), ("resumed", \.resumes), ("cut", \.cuts),
            ("half open", \.halfOpen), ("black holes", \.blackHoles), ("partitions", \.partitions),
            ("slow lines", \.slowLines), ("slow readers", \.slowReaders),
            ("found silent", \.silences), ("drained", \.drains),
            ("server restarts", \.serverRestarts), ("client restarts", \.clientRestarts),
            ("ledgers balanced", \.balances),
        ]
    }

    package static func += (sum: inout Self, other: Self) {
        for (_, column) in columns { sum[keyPath: column] += other[keyPath: column] }
        sum.microseconds += other.microseconds
    }
}

public import Sockets

/// Checks that a type of stream keeps every rule of ``Sockets/ByteStream``.
///
/// The suite every transport passes: order, ends, busy sides, failures, deadlines, and seeded races
/// of cancellation, deadlines and closing against data, after which every byte is accounted for. It
/// depends on no test framework.
///
/// ```swift
/// try await checkByteStream("memory") { InMemoryStream.pair() }
/// ```
///
/// An operation that hangs is a violation like any other: nothing may stand still for longer than
/// `hangLimit`, which is watched from outside, so that it also holds for a stream that ignores
/// deadlines. The tasks that hang are then left behind.
///
/// - Parameters:
///   - label: names the stream in a violation.
///   - races: how often each race is run. The default is 512, or the environment's
///     `SOCK_TEST_RACES`.
///   - seed: what all random draws come from.
///   - hangLimit: the longest that any one step may take.
///   - executor: where the operations run; the global executor when nil.
///   - make: makes two connected streams. It is called a few times a race.
/// - Throws: ``ContractViolation`` for the first rule that is broken.
public func checkByteStream<Stream: ByteStream>(
    _ label: String,
    races: Int = defaultRaceCount,
    seed: UInt64 = SeededRandom.testSeed,
    hangLimit: Duration = .seconds(20),
    on executor: (any TaskExecutor)? = nil,
    make: @escaping @Sendable () async throws -> (Stream, Stream)
) async throws {
    let run = ContractRun(
        label: label,
        races: races,
        seed: seed,
        executor: executor,
        make: make,
        close: { $0.close() }
    )
    try await run.watched(hangLimit: hangLimit) { try await run.everyRule() }
}

/// How often each race of a suite is run when nothing is said: the environment's
/// `SOCK_TEST_RACES`, or 512.
///
/// Arbitrary: a few thousand races a stream in a few seconds.
public var defaultRaceCount: Int {
    Environment.value("SOCK_TEST_RACES").flatMap { Int($0) }.map { max(1, $0) } ?? 512
}

public import Sockets

/// Checks that a type of datagram transport keeps every rule of ``Sockets/DatagramTransport``.
///
/// The datagram edition of `checkByteStream`: the borders of datagrams at every size, truncation with
/// the real size, empty datagrams, busy sides, deadlines, and seeded races of cancellation, deadlines
/// and closing against data, after which every datagram is accounted for: a cancelled receive has
/// consumed none, a failed send has sent none. It depends on no test framework.
///
/// ```swift
/// try await checkDatagramTransport("memory", promising: .init(sizeLimit: 65_507)) {
///     InMemoryDatagrams.pair()
/// }
/// ```
///
/// Order is checked only where it is promised. An operation that hangs is a violation like any other.
///
/// - Parameters:
///   - label: names the transport in a violation.
///   - promises: what it keeps beyond the rules all transports keep.
///   - races: how often each race is run. The default is 512, or the environment's
///     `SOCK_TEST_RACES`.
///   - seed: what all random draws come from.
///   - hangLimit: the longest that any one step may take.
///   - executor: where the operations run; the global executor when nil.
///   - make: makes two connected ends. It is called a few times a race.
/// - Throws: ``ContractViolation`` for the first rule that is broken.
public func checkDatagramTransport<Transport: DatagramTransport>(
    _ label: String,
    promising promises: DatagramPromises,
    races: Int = defaultRaceCount,
    seed: UInt64 = SeededRandom.testSeed,
    hangLimit: Duration = .seconds(20),
    on executor: (any TaskExecutor)? = nil,
    make: @escaping @Sendable () async throws -> (Transport, Transport)
) async throws {
    let run = ContractRun(
        label: label,
        races: races,
        seed: seed,
        executor: executor,
        make: make,
        close: { $0.close() }
    )
    try await run.watched(hangLimit: hangLimit) { try await run.everyDatagramRule(promises) }
}

extension ContractRun where Stream: DatagramTransport {
    func everyDatagramRule(_ promises: DatagramPromises) async throws {
        // The rules further down rely on those further up.
        try await datagramDeadlineRules()
        try await datagramCancellationRules()
        try await datagramBorderRules(promises)
        try await datagramReceiveRaces(promises)
        if promises.sendingWaits { try await datagramWaitingRules(promises) }
        try await datagramSendRaces(promises)
        try await datagramBusyRules(promises)
        try await datagramCloseRaces(promises)
    }
}

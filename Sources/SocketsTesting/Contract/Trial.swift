internal import Sockets

/// A connected pair under test, with the draws and the tasks a rule needs.
final class Trial<Stream: Sendable> {
    let a: Stream
    let b: Stream
    var random: SeededRandom
    private let executor: (any TaskExecutor)?
    let progress: ContractProgress

    init(
        _ a: Stream,
        _ b: Stream,
        random: SeededRandom,
        executor: (any TaskExecutor)?,
        progress: ContractProgress
    ) {
        self.a = a
        self.b = b
        self.random = random
        self.executor = executor
        self.progress = progress
    }

    /// Starts an operation in a task of its own.
    func start<Value: Sendable>(
        _ body: @escaping @Sendable () async throws(SocketError) -> Value
    ) -> Task<Result<Value, SocketError>, Never> {
        Task(executorPreference: executor) {
            do throws(SocketError) {
                return .success(try await body())
            } catch {
                return .failure(error)
            }
        }
    }

    /// Starts a task that may find something wrong.
    func startChecking<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) -> Task<Value, any Error> {
        Task(executorPreference: executor) { try await body() }
    }

    /// Runs an operation in a task of its own and interrupts it.
    func run<Value: Sendable>(
        _ interruption: Interruption,
        _ body: @escaping @Sendable () async throws(SocketError) -> Value
    ) async -> Result<Value, SocketError> {
        let task = start { () async throws(SocketError) -> Value in
            guard let time = interruption.deadline else { return try await body() }
            return try await withDeadline(.after(time), body)
        }
        if let pause = interruption.cancelAfter {
            await pause.run()
            task.cancel()
        }
        return await task.value
    }

    func draw<Value>(_ values: [Value]) -> Value {
        values[Int.random(in: 0..<values.count, using: &random)]
    }

    func draw(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

    /// Some short time to wait.
    func pause() -> Pause { .drawn(from: &random) }
}

import Glibc
internal import Sockets

/// A descriptor written by a thread that may block: a terminal whose user pressed ^S holds up
/// nobody but those who write.
///
/// Any number of tasks write; each write is one piece, in the order in which they came. Each waits
/// for its own piece, so what is queued is bounded by the number of writers.
final class Output: Sendable {
    private struct Request: Sendable {
        let bytes: [UInt8]
        /// Told zero, or an errno.
        let answer: AsyncStream<CInt>.Continuation
    }

    private let descriptor: CInt
    /// What it is called in an error.
    private let name: String
    private let queue = Lock<Queue>(Queue())
    private let work = Semaphore()

    private struct Queue {
        var requests: [Request] = []
        var hasThread = false
    }

    init(_ descriptor: CInt, name: String = Output.standardName) {
        self.descriptor = descriptor
        self.name = name
    }

    /// Writes all bytes.
    ///
    /// A cancelled write may still happen.
    func write(_ bytes: [UInt8]) async throws {
        if bytes.isEmpty { return }
        let (answers, answer) = AsyncStream<CInt>.makeStream()
        try queue.withLock { queue throws(Failure) in
            // Holds itself: it ends with the process.
            if !queue.hasThread { try BackgroundThread.start { while true { self.serve() } } }
            queue.hasThread = true
            queue.requests.append(Request(bytes: bytes, answer: answer))
        }
        work.signal()
        for await error in answers {
            if error == 0 { return }
            throw Self.failure(error, name)
        }
        throw CancellationError()
    }

    /// What the standard output is called.
    private static let standardName = "the standard output"

    /// A reader of the standard output that has gone away is nothing to talk about: `sock … | head`.
    static func failure(_ error: CInt, _ name: String = standardName) -> Failure {
        error == EPIPE && name == standardName
            ? Failure(.failed) : Failure(SystemError(number: error), "write \(name)")
    }

    private func serve() {
        work.wait()
        let request = queue.withLock { $0.requests.removeFirst() }
        request.answer.yield(Blocking.write(request.bytes, to: descriptor))
        request.answer.finish()
    }
}

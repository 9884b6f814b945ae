import ArgumentParser
import Sessions
import Sockets

/// A command on its way: its deadline, its signals, and the words and status it ends with.
struct CommandRun: Sendable {
    let announcer: Announcer
    var timeout: Seconds?
    var idle: Seconds?

    /// Runs a command's body.
    ///
    /// - Parameters:
    ///   - status: What a signal means for the shell.
    ///   - body: What to run.
    /// - Throws: The exit code, when everything has been told.
    func run(
        onSignal status: @escaping @Sendable (CInt) -> ExitStatus,
        _ body: @escaping @Sendable (Announcer) async throws -> Void
    ) async throws {
        let deadline = timeout.map { Deadline.after($0.duration) } ?? .never
        do {
            try await Interruption.watching(status) {
                try await withDeadline(deadline) { try await body(announcer) }
            }
            await announcer.finish()
        } catch {
            let failure = explained(error, deadline)
            if let message = failure.message { announcer.tell(.failed(message)) }
            await announcer.finish()
            throw ExitCode(failure.status.code)
        }
    }

    /// The error, in the words of the option that caused it.
    private func explained(_ error: any Error, _ deadline: Deadline) -> Failure {
        let failure = Failure(error)
        guard failure.status == .deadlinePassed else { return failure }
        if let timeout, deadline.hasPassed {
            let words = "not done after \(timeout) (--timeout)"
            let receipt = (error as? SessionError)?.receipt
            return Failure(.deadlinePassed, words + (receipt.map { "; \($0.words)" } ?? ""))
        }
        if let idle, let error = error as? SocketError, error.code == .idleLimit {
            return Failure(.deadlinePassed, "nothing has moved for \(idle) (--idle)")
        }
        return failure
    }
}

extension Receipt {
    /// What became of a request.
    fileprivate var words: String {
        switch self {
        case .delivered: "the request was delivered"
        case .notDelivered: "the request was not delivered"
        case .unknown: "whether the request was delivered is unknown"
        }
    }
}

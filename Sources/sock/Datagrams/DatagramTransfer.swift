import Glibc
import Sockets

/// Both directions between one peer and the standard input and output: every read of the input goes
/// as one datagram, and every datagram that comes is written.
///
/// Datagrams have no end, so somebody has to say when it is enough.
struct DatagramTransfer<Line: ConversationLine> {
    /// When it is over, besides the limits of time.
    enum Ending {
        /// At ``quietTime`` after the last datagram, once the input has ended and something came;
        /// on a terminal, where nobody waits for an answer after ^D, also without.
        case afterAnswer
        /// When the peer has gone.
        case withPeer
    }

    /// How long an answer may make a pause.
    ///
    /// Arbitrary; the same as socat's.
    static var quietTime: Duration { .milliseconds(500) }

    let wire: Wire<Line>
    let raw: Bool
    let idle: Duration?
    let ending: Ending

    private enum Ended {
        case input
        case conversation
    }

    func run() async throws {
        let loop = wire.loop
        let answer = AnswerWatch()
        try await withThrowingTaskGroup(of: Ended.self) { group in
            group.addTask(executorPreference: loop) {
                try await receive(answer)
                return .conversation
            }
            group.addTask(executorPreference: loop) {
                let input = InputChunks(STDIN_FILENO, atMost: DatagramSize.sendLimit)
                try await input.read { try await wire.send($0) }
                return .input
            }
            group.addTask(executorPreference: loop) { () async throws -> Ended in
                try await wire.line.failWhenIdle(for: idle)
            }
            defer { group.cancelAll() }
            do {
                while try await group.next() == .input {
                    guard ending == .afterAnswer else { continue }
                    answer.inputEnds(isEnough: Terminal.isTerminal(STDIN_FILENO))
                    group.addTask(executorPreference: loop) {
                        try await answer.waitForQuiet(Self.quietTime, on: loop)
                        return .conversation
                    }
                }
            } catch let error as SocketError where error.code.side == .time && answer.hasCome {
                // Asked, answered, and the peer says more than there is time for.
            }
        }
    }

    private func receive(_ answer: AnswerWatch) async throws {
        guard wire.dumps == nil else {
            while try await wire.receive() != nil { answer.comes() }
            return
        }
        var view = View(raw: raw)
        let output = Output(STDOUT_FILENO)
        while let datagram = try await wire.receive() {
            // A character does not go on in the next datagram.
            try await output.write(view.show(datagram) + view.finish())
            answer.comes()
        }
    }
}

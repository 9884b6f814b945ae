import Glibc
import Sockets

/// Both directions between a connection and the standard input and output.
///
/// Each direction runs to its own end: the end of the input half-closes the connection, the end of
/// the peer's stream closes the standard output. The one exception is a terminal: nobody types on
/// to a peer that has hung up, so its end is the end.
///
/// A WebSocket is closed as a whole: the end of the input begins that, the peer's end is the end.
struct Transfer<Line: ConversationLine>: Sendable {
    let wire: Wire<Line>
    let raw: Bool
    let idle: Duration?

    init(_ wire: Wire<Line>, raw: Bool, idle: Duration?) {
        self.wire = wire
        self.raw = raw
        self.idle = idle
    }

    private enum Ending {
        case inbound
        /// With the error of a peer that no longer receives: what it still sends comes first.
        case outbound(SocketError?)
        /// The standard output takes no more, for a reason worth telling.
        case outputFailed(Failure)
        /// What there was to send after that has had its time.
        case patience
    }

    /// How long the input still goes to the peer when the output has failed: what was there to be sent gets
    /// there, whichever of the two came first.
    ///
    /// Arbitrary.
    private static var outputFailurePatience: Duration { .seconds(1) }

    /// Until both directions have ended.
    func run() async throws {
        let loop = wire.loop
        try await withThrowingTaskGroup(of: Ending.self) { group in
            group.addTask(executorPreference: loop) {
                do {
                    try await receive()
                    return .inbound
                } catch let failure as Failure where failure.message != nil {
                    return .outputFailed(failure)
                }
            }
            group.addTask(executorPreference: loop) {
                .outbound(try await send())
            }
            group.addTask(executorPreference: loop) { () async throws -> Ending in
                try await wire.line.failWhenIdle(for: idle)
            }
            defer { group.cancelAll() }
            var left = 2
            var failure: (any Error)?
            while left > 0, let ending = try await group.next() {
                left -= 1
                switch ending {
                case .inbound: if isTerminalInput || !Line.hasHalfClose { left = 0 }
                case .outbound(let error): failure = failure ?? error
                case .outputFailed(let error):
                    failure = error
                    group.addTask(executorPreference: loop) {
                        try await loop.sleep(until: .after(Self.outputFailurePatience))
                        return .patience
                    }
                case .patience: left = 0
                }
            }
            if let failure { throw failure }
        }
    }

    private var isTerminalInput: Bool { Terminal.isTerminal(STDIN_FILENO) }

    // MARK: In

    private func receive() async throws {
        // The dump is what is shown, and what is sent still goes there after the peer's end.
        if wire.dumps != nil {
            while try await wire.receive() != nil {}
            return
        }
        var view = View(raw: raw)
        if let stream = wire.plainStream, view.isExact, try await splicedIn(from: stream) {
            return
        }
        let output = Output(STDOUT_FILENO)
        while let bytes = try await wire.receive() {
            // A character does not go on in the next message.
            let shown = view.show(bytes) + (Line.isDatagram ? view.finish() : [])
            try await output.write(shown)
        }
        try await output.write(view.finish())
        Self.closeOutput()
    }

    /// Without copying, where the standard output allows it.
    private func splicedIn(from connection: StreamConnection) async throws -> Bool {
        do throws(SocketError) {
            try await connection.splice(to: STDOUT_FILENO)
        } catch {
            if error.code == .unsupported { return false }
            // Only the output's reader can break a pipe here: quietly, as for every filter.
            if error.code == .brokenPipe { throw Failure(.failed) }
            // Those that only a file or a device has, and no connection.
            if [EBADF, ENOSPC, EDQUOT, EFBIG, EIO].contains(error.errno) {
                throw Output.failure(error.errno)
            }
            throw error
        }
        Self.closeOutput()
        return true
    }

    /// Closes the standard output; the number stays taken, so that nothing opened later gets it.
    private static func closeOutput() {
        let null = unsafe open("/dev/null", O_WRONLY | O_CLOEXEC)
        guard null >= 0 else { return }
        dup2(null, STDOUT_FILENO)
        close(null)
    }

    // MARK: Out

    /// Returns the error when the peer no longer receives.
    private func send() async throws -> SocketError? {
        do {
            var isSpliced = false
            if let stream = wire.plainStream { isSpliced = try await splicedOut(to: stream) }
            if !isSpliced { try await InputChunks(STDIN_FILENO).read { try await wire.send($0) } }
            try await wire.finish()
            return nil
        } catch let error as SocketError where error.code == .brokenPipe || error.code == .reset {
            return error
        }
    }

    /// Without copying, where the standard input allows it.
    private func splicedOut(to connection: StreamConnection) async throws -> Bool {
        do throws(SocketError) {
            try await connection.splice(from: STDIN_FILENO)
            return true
        } catch {
            if error.code == .unsupported { return false }
            throw error
        }
    }
}

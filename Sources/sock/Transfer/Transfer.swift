import Glibc
import Sockets

/// Both directions between a connection and the standard input and output.
///
/// Each direction runs to its own end: the end of the input half-closes the connection, the end of
/// the peer's stream closes the standard output. The one exception is a terminal: nobody types on
/// to a peer that has hung up, so its end is the end.
struct Transfer: Sendable {
    let connection: StreamConnection
    let hex: Bool
    let raw: Bool
    let idle: Duration?

    init(_ connection: StreamConnection, _ options: CommonOptions) {
        self.connection = connection
        hex = options.hex
        raw = options.raw
        idle = options.idle?.duration
    }

    private enum Ending {
        case inbound
        /// With the error of a peer that no longer receives: what it still sends comes first.
        case outbound(SocketError?)
    }

    /// Until both directions have ended.
    func run() async throws {
        let loop = connection.loop
        let output = Output(STDOUT_FILENO)
        try await withThrowingTaskGroup(of: Ending.self) { group in
            group.addTask(executorPreference: loop) {
                try await receive(output)
                return .inbound
            }
            group.addTask(executorPreference: loop) {
                .outbound(try await send(output))
            }
            group.addTask(executorPreference: loop) { () async throws -> Ending in
                try await IdleWatch(connection, limit: idle).run()
            }
            defer { group.cancelAll() }
            var left = 2
            var failure: SocketError?
            while left > 0, let ending = try await group.next() {
                left -= 1
                switch ending {
                case .inbound: if isTerminalInput { left = 0 }
                case .outbound(let error): failure = error
                }
            }
            if let failure { throw failure }
        }
    }

    private var isTerminalInput: Bool { Terminal.isTerminal(STDIN_FILENO) }

    // MARK: In

    private func receive(_ output: Output) async throws {
        var view = View(hex: hex ? .received : nil, raw: raw)
        if view.isExact, try await splicedIn() { return }
        var buffer = ByteBuffer()
        while try await connection.receive(into: &buffer) > 0 {
            try await output.write(view.show(buffer.array()))
            buffer.clear()
        }
        try await output.write(view.finish())
        // The dump of what is sent still goes there.
        if !hex { Self.closeOutput() }
    }

    /// Without copying, where the standard output allows it.
    private func splicedIn() async throws -> Bool {
        do throws(SocketError) {
            try await connection.splice(to: STDOUT_FILENO)
        } catch {
            if error.code == .unsupported { return false }
            // Only the output's reader can break a pipe here: quietly, as for every filter.
            if error.code == .brokenPipe { throw Failure(.failed) }
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
    private func send(_ output: Output) async throws -> SocketError? {
        do {
            if hex {
                try await sendChunks(shownOn: output)
            } else if try await !splicedOut() {
                try await sendChunks(shownOn: nil)
            }
            try await connection.finish()
            return nil
        } catch let error as SocketError where error.code == .brokenPipe || error.code == .reset {
            return error
        }
    }

    /// Without copying, where the standard input allows it.
    private func splicedOut() async throws -> Bool {
        do throws(SocketError) {
            try await connection.splice(from: STDIN_FILENO)
            return true
        } catch {
            if error.code == .unsupported { return false }
            throw error
        }
    }

    private func sendChunks(shownOn output: Output?) async throws {
        var view = View(hex: .sent, raw: false)
        try await InputChunks(STDIN_FILENO).read { chunk in
            if let output { try await output.write(view.show(chunk)) }
            try await connection.send(chunk)
        }
    }
}

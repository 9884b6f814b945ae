import Sockets

/// A shell command with a connection as its standard input and output.
///
/// The child gets pipes that are spliced from and to the connection, not the socket itself: our
/// sockets do not block, and children expect theirs to.
///
/// The client's end is the end of the child's input. The end of the child's output half-closes the
/// connection; when the child has exited too, it is over. A connection that breaks, and a signal to
/// us, end the child.
struct Execution {
    private let wire: Wire
    private let command: String
    private let idle: Duration?

    /// How long a client may go on sending to a command that has exited.
    ///
    /// What it sends is thrown away; closing at once would reset the connection, and with it the
    /// command's last words. Arbitrary.
    static let lingerLimit = Duration.seconds(2)

    init(of command: String, for wire: Wire, idle: Duration?) {
        self.wire = wire
        self.command = command
        self.idle = idle
    }

    private var connection: StreamConnection { wire.connection }

    private enum Ending {
        case input
        case output
        case exit
    }

    func run() async throws {
        let child = try ChildProcess(shellCommand: command)
        do {
            try await copy(child)
        } catch {
            child.terminate()
            throw error
        }
    }

    private func copy(_ child: ChildProcess) async throws {
        let loop = connection.loop
        try await withThrowingTaskGroup(of: Ending.self) { group in
            group.addTask(executorPreference: loop) {
                try await feed(child)
                return .input
            }
            group.addTask(executorPreference: loop) {
                try await forward(child)
                try await wire.finish()
                return .output
            }
            group.addTask(executorPreference: loop) {
                await child.waitUntilExited()
                try Task.checkCancellation()
                return .exit
            }
            group.addTask(executorPreference: loop) { () async throws -> Ending in
                try await IdleWatch(connection, limit: idle).run()
            }
            defer { group.cancelAll() }
            var left: Set<Ending> = [.output, .exit]
            var inputEnded = false
            while !left.isEmpty, let ending = try await group.next() {
                left.remove(ending)
                inputEnded = inputEnded || ending == .input
            }
            if !inputEnded { try await linger(&group) }
        }
    }

    /// Until the client's end, but not for long.
    private func linger(_ group: inout ThrowingTaskGroup<Ending, any Error>) async throws {
        group.addTask {
            try await connection.loop.sleep(until: .after(Self.lingerLimit))
            return .input
        }
        _ = try await group.next()
    }

    /// What the child writes, to the client.
    private func forward(_ child: ChildProcess) async throws {
        if wire.isPlain {
            try await connection.splice(from: child.output)
            return
        }
        let output = ChildPipe(child.output, on: wire.loop)
        while case let bytes = try await output.read(), !bytes.isEmpty {
            try await wire.send(bytes)
        }
    }

    /// What the client sends, to the child.
    ///
    /// A child that closes its input is sent nothing more, and the rest is thrown away.
    private func feed(_ child: ChildProcess) async throws {
        defer { child.closeInput() }
        var buffer = ByteBuffer()
        if wire.isPlain {
            do throws(SocketError) {
                try await connection.splice(to: child.input)
            } catch {
                guard error.code == .brokenPipe else { throw error }
                while try await connection.receive(into: &buffer) > 0 { buffer.clear() }
            }
            return
        }
        let input = ChildPipe(child.input, on: wire.loop)
        var isRead = true
        while case let bytes = try await wire.receive(using: &buffer), !bytes.isEmpty {
            if isRead { isRead = try await input.write(bytes) }
        }
    }
}

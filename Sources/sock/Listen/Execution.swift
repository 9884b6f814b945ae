import Sockets

/// A shell command with a connection, or the datagrams of one peer, as its standard input and output.
///
/// The child gets pipes that are spliced from and to the connection, not the socket itself: our
/// sockets do not block, and children expect theirs to.
///
/// The client's end is the end of the child's input. The end of the child's output half-closes the
/// connection; when the child has exited too, it is over. A connection that breaks, and a signal to
/// us, end the child. Of datagrams, each is written at once, and each read of the child's output is
/// one; a peer that is forgotten has ended.
struct Execution<Line: ConversationLine> {
    private let wire: Wire<Line>
    private let command: String
    private let idle: Duration?

    /// How long a client may go on sending to a command that has exited.
    ///
    /// What it sends is thrown away; closing at once would reset the connection, and with it the
    /// command's last words. Arbitrary.
    private static var lingerLimit: Duration { .seconds(2) }

    init(of command: String, for wire: Wire<Line>, idle: Duration?) {
        self.wire = wire
        self.command = command
        self.idle = idle
    }

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
        let loop = wire.loop
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
                try await wire.line.failWhenIdle(for: idle)
            }
            defer { group.cancelAll() }
            var left: Set<Ending> = [.output, .exit]
            var inputEnded = false
            while !left.isEmpty, let ending = try await group.next() {
                left.remove(ending)
                inputEnded = inputEnded || ending == .input
            }
            // A datagram's sender has no connection that could be reset.
            if !inputEnded, wire.line.hasEnd { try await linger(&group) }
        }
    }

    /// Until the client's end, but not for long.
    private func linger(_ group: inout ThrowingTaskGroup<Ending, any Error>) async throws {
        group.addTask {
            try await wire.loop.sleep(until: .after(Self.lingerLimit))
            return .input
        }
        _ = try await group.next()
    }

    /// What the child writes, to the client.
    private func forward(_ child: ChildProcess) async throws {
        if let stream = wire.plainStream {
            try await stream.splice(from: child.output)
            return
        }
        let output = ChildPipe(child.output, on: wire.loop)
        let limit = min(Line.pieceSizeLimit, ChildPipe.chunkSize)
        while case let bytes = try await output.read(atMost: limit), !bytes.isEmpty {
            try await wire.send(bytes)
        }
    }

    /// What the client sends, to the child.
    ///
    /// A child that closes its input is sent nothing more, and the rest is thrown away.
    private func feed(_ child: ChildProcess) async throws {
        defer { child.closeInput() }
        if let stream = wire.plainStream {
            do throws(SocketError) {
                try await stream.splice(to: child.input)
            } catch {
                guard error.code == .brokenPipe else { throw error }
                var buffer = ByteBuffer()
                while try await stream.receive(into: &buffer) > 0 { buffer.clear() }
            }
            return
        }
        let input = ChildPipe(child.input, on: wire.loop)
        var isRead = true
        while let bytes = try await wire.receive() {
            if isRead, !bytes.isEmpty { isRead = try await input.write(bytes) }
        }
    }
}

import Sockets
import Synchronization

/// A shell command with a connection, or the datagrams of one peer, as its standard input and output.
///
/// The child gets pipes that are spliced from and to the connection, not the socket itself: our
/// sockets do not block, and children expect theirs to.
///
/// The client's end is the end of the child's input, and no more: TCP does not say whether the client
/// has gone or waits for an answer (RFC 9293 §3.6). The end of the child's output half-closes the
/// connection; when the child has exited too, it is over.
///
/// A client that is gone, and a signal to us, end the child, whether it reads and writes or not: a
/// connection that is reset, one whose client no longer answers the kernel's probes, a Unix socket that
/// was closed, a WebSocket after its close frame. Of datagrams, each is written at once, and each read of
/// the child's output is one; a peer that is forgotten has ended.
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
        /// The client is gone, which no longer matters.
        case client
    }

    func run() async throws {
        let child = try ChildProcess(shellCommand: command)
        do {
            probeClient()
            try await copy(child)
            child.reap()
        } catch {
            await child.terminate(on: wire.loop)
            throw error
        }
    }

    /// Has the kernel ask a silent TCP client whether it is there.
    ///
    /// One that has closed answers with a reset once its kernel has forgotten the connection, which takes
    /// Linux a minute (tcp_fin_timeout); one that has vanished does not answer. Either ends the command
    /// within 75 s.
    private func probeClient() {
        guard let carrier = wire.line.carryingConnection, carrier.peerAddress.ip != nil else {
            return
        }
        // Cannot fail on an open TCP socket; and on one that is gone, the next call says so.
        try? carrier.set(.keepAliveIdle, to: .seconds(15))
        try? carrier.set(.keepAliveInterval, to: .seconds(15))
        try? carrier.set(.keepAliveProbes, to: 4)
        try? carrier.set(.keepAlive, to: true)
    }

    private func copy(_ child: ChildProcess) async throws {
        let loop = wire.loop
        // From then on the client may go: there is nothing that it could miss.
        let hasFinished = Flag()
        // Where that is the end both ways, going is what it does next.
        let farewell = Signal(on: loop)
        try await withThrowingTaskGroup(of: Ending.self) { group in
            group.addTask(executorPreference: loop) {
                try await feed(child)
                if !Line.hasHalfClose { farewell.set() }
                return .input
            }
            group.addTask(executorPreference: loop) {
                try await forward(child)
                hasFinished.set()
                try await wire.finish()
                return .output
            }
            group.addTask(executorPreference: loop) {
                try await child.waitUntilExited(on: loop)
                return .exit
            }
            if let carrier = wire.line.carryingConnection {
                group.addTask(executorPreference: loop) {
                    let reason = try await carrier.waitUntilGone()
                    if hasFinished.isSet { return .client }
                    // Its farewell came before, and may still be on its way to the child's input.
                    if !Line.hasHalfClose,
                        await farewell.wait(until: .after(Self.lingerLimit)) == .set
                    {
                        return .client
                    }
                    throw reason
                }
            }
            group.addTask(executorPreference: loop) { () async throws -> Ending in
                try await wire.line.failWhenIdle(for: idle)
            }
            defer { group.cancelAll() }
            var left: Set<Ending> = [.output, .exit]
            var inputEnded = false
            while !left.isEmpty, let ending = try await group.next() {
                left.remove(ending)
                guard ending == .input else { continue }
                inputEnded = true
                if !Line.hasHalfClose, Line.hasEnd, left.contains(.output) {
                    group.addTask(executorPreference: loop) {
                        try await endAfterClient(hasFinished)
                    }
                }
            }
            // A datagram's sender has no connection that could be reset.
            if !inputEnded, wire.line.hasEnd { try await linger(&group) }
        }
    }

    /// Ends a command whose client has left for good, when it has had a moment to see the end of its
    /// input.
    private func endAfterClient(_ hasFinished: Flag) async throws -> Ending {
        try await wire.loop.sleep(until: .after(Self.lingerLimit))
        if hasFinished.isSet { return .client }
        throw Failure(.failed, "the client is gone")
    }

    /// Until the client's end, but not for long.
    private func linger(_ group: inout ThrowingTaskGroup<Ending, any Error>) async throws {
        group.addTask {
            try await wire.loop.sleep(until: .after(Self.lingerLimit))
            return .input
        }
        while let ending = try await group.next(), ending != .input {}
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

/// Something that happens once.
private final class Flag: Sendable {
    private let value = Atomic<Bool>(false)

    var isSet: Bool { value.load(ordering: .acquiring) }
    func set() { value.store(true, ordering: .releasing) }
}

import Sockets
import Synchronization

/// One bound socket, and the peers that talk to it: gives each a line of its own.
final class DatagramHub: Sendable {
    /// Peers at a time; what others send then is thrown away.
    ///
    /// Arbitrary: addresses can be forged, so whoever wants can be this many.
    static let peerLimit = 4096

    /// Bytes of all peers that wait to be read.
    ///
    /// Arbitrary: see ``PeerLine/queuedSizeLimit``, which only some peers can reach.
    static let queuedSizeLimit = 64 << 20

    /// How long a peer that is silent is remembered, when --idle says nothing.
    ///
    /// Arbitrary: half of what RFC 4787 §4.3 asks of a NAT, for it is cheap to come again.
    static let memory = Duration.seconds(60)

    /// Looks for silent peers so many times in that time, so that one is forgotten at most an eighth
    /// late.
    ///
    /// Arbitrary.
    private static let looksPerMemory = 8

    /// What may be different.
    struct Configuration: Sendable {
        var peerLimit = DatagramHub.peerLimit
        /// After so long a silence a peer is forgotten; nil for never.
        var memory: Duration? = DatagramHub.memory
        /// Whether peers past the limit are told of: not where there is only to be one.
        var tellsLimit = true
    }

    struct State {
        /// Those who have not been forgotten.
        var lines: [SocketAddress: PeerLine] = [:]
        /// Those whose conversation is not over, forgotten or not.
        var servedCount = 0
        var hasToldLimit = false
    }

    let socket: DatagramSocket
    private let configuration: Configuration
    private let announcer: Announcer
    private let state = Lock(State())
    private let queuedSize = Atomic<Int>(0)
    private let turns = Turns()
    private let newcomers: AsyncStream<PeerLine>
    private let comings: AsyncStream<PeerLine>.Continuation

    init(_ socket: DatagramSocket, _ configuration: Configuration, _ announcer: Announcer) {
        self.socket = socket
        self.configuration = configuration
        self.announcer = announcer
        (newcomers, comings) = AsyncStream<PeerLine>.makeStream()
    }

    /// Receives for everybody while `body` runs.
    ///
    /// - Parameter body: Takes the peers as they come; it closes the line of each.
    /// - Throws: The error of `body` or of the socket; at a deadline that of the socket.
    func run(
        _ body: @escaping @Sendable (AsyncStream<PeerLine>) async throws -> Void
    ) async throws {
        let loop = socket.loop
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: loop) { try await self.receive() }
            group.addTask(executorPreference: loop) { try await self.reportErrors() }
            if let memory = configuration.memory {
                group.addTask(executorPreference: loop) { try await self.forget(after: memory) }
            }
            group.addTask(executorPreference: loop) { try await body(self.newcomers) }
            defer {
                group.cancelAll()
                stop()
            }
            // Only the body returns.
            try await group.next()
        }
    }

    /// Serves every peer until ``stop()``; what goes wrong with one ends that one.
    func serveAll(
        _ handler: @escaping @Sendable (PeerLine) async throws -> Void
    ) async throws {
        let loop = socket.loop
        try await run { newcomers in
            await withDiscardingTaskGroup { group in
                for await line in newcomers {
                    group.addTask(executorPreference: loop) {
                        defer { line.close() }
                        try? await handler(line)
                    }
                }
            }
        }
    }

    /// Serves the first who comes.
    func serveFirst(
        _ handler: @escaping @Sendable (PeerLine) async throws -> Void
    ) async throws {
        try await run { newcomers in
            for await line in newcomers {
                defer { line.close() }
                return try await handler(line)
            }
        }
    }

    /// Lets nobody else come, and ends the lines that are there.
    func stop() {
        comings.finish()
        let lines = state.withLock { state in
            defer { state.lines = [:] }
            return state.lines.values.map { $0 }
        }
        for line in lines { line.end() }
    }

    // MARK: For the lines

    /// Takes room for bytes that wait; false when there is none.
    func enterQueue(_ size: Int) -> Bool {
        if queuedSize.add(size, ordering: .relaxed).newValue <= Self.queuedSizeLimit { return true }
        queuedSize.subtract(size, ordering: .relaxed)
        return false
    }

    func leaveQueue(_ size: Int) { queuedSize.subtract(size, ordering: .relaxed) }

    /// A conversation is over.
    func leave(_ line: PeerLine) {
        state.withLock { state in
            if state.lines[line.address] === line { state.lines[line.address] = nil }
            state.servedCount -= 1
            // Not at each that goes while others push in.
            if state.servedCount <= configuration.peerLimit / 2 { state.hasToldLimit = false }
        }
    }

    func send(_ bytes: [UInt8], to address: SocketAddress) async throws(SocketError) {
        guard address.isUnixAddress else {
            return try await sendInTurn(bytes, to: address, before: .never)
        }
        try await SlowReader.sending(to: address, on: socket.loop) { () throws(SocketError) in
            try await sendInTurn(bytes, to: address, before: .after(SlowReader.attempt))
        }
    }

    private func sendInTurn(
        _ bytes: [UInt8],
        to address: SocketAddress,
        before deadline: @autoclosure () -> Deadline
    ) async throws(SocketError) {
        try await turns.take()
        defer { turns.pass() }
        // From here on: the wait for the turn was no fault of this peer's.
        try await withDeadline(deadline()) { () throws(SocketError) in
            try await unsafe socket.send(bytes.span.bytes, to: address)
        }
    }

    // MARK: Inside

    private func receive() async throws {
        var memory = [UInt8](repeating: 0, count: DatagramSize.receiveLimit)
        while true {
            let datagram = try await socket.receive(into: &memory)
            guard let line = line(of: datagram.source) else { continue }
            if datagram.isTruncated {
                drop(line, .messageTooLarge, detail: Self.words(tooLarge: datagram.size))
            } else {
                line.offer(Array(memory[..<datagram.count]))
            }
        }
    }

    private static func words(tooLarge size: Int) -> String {
        "\(size) bytes came, and the limit is \(DatagramSize.receiveLimit)"
    }

    /// The line of a peer, perhaps a new one; nil when there are too many.
    private func line(of address: SocketAddress) -> PeerLine? {
        enum Answer {
            case known(PeerLine)
            case new(PeerLine)
            case full(tell: Bool)
        }
        let answer: Answer = state.withLock { state in
            if let line = state.lines[address] { return .known(line) }
            guard state.servedCount < configuration.peerLimit else {
                defer { state.hasToldLimit = true }
                return .full(tell: !state.hasToldLimit && configuration.tellsLimit)
            }
            let line = PeerLine(address, of: self)
            state.lines[address] = line
            state.servedCount += 1
            return .new(line)
        }
        switch answer {
        case .known(let line): return line
        case .new(let line):
            comings.yield(line)
            return line
        case .full(let tell):
            if tell { announcer.tell(.peerLimit(configuration.peerLimit)) }
            return nil
        }
    }

    /// What the network says of answers ends the line they were for.
    private func reportErrors() async throws {
        while true {
            let error = try await socket.receiveError()
            guard let address = error.destination,
                let line = state.withLock({ $0.lines[address] })
            else { continue }
            drop(
                line,
                error.code,
                errno: error.errno,
                detail: error.reporter.map { "reported by \($0)" }
            )
        }
    }

    private func drop(
        _ line: PeerLine,
        _ code: SocketError.Code,
        errno: CInt = 0,
        detail: String?
    ) {
        forget(line)
        line.fail(
            SocketError(
                code,
                in: errno == 0 ? .receive : .send,
                local: socket.localAddress,
                peer: line.address,
                over: .udp,
                errno: errno,
                detail: detail
            )
        )
    }

    private func forget(after memory: Duration) async throws {
        while true {
            try await socket.loop.sleep(until: .after(memory / Self.looksPerMemory))
            let lines = state.withLock { $0.lines.values.map { $0 } }
            for line in lines where line.silence >= memory {
                forget(line)
                line.end()
            }
        }
    }

    private func forget(_ line: PeerLine) {
        state.withLock { state in
            if state.lines[line.address] === line { state.lines[line.address] = nil }
        }
    }
}

internal import Packets
public import Sockets

/// Sends echo requests to any number of hosts at once and times the replies (RFC 792, RFC 4443 §4).
///
/// ```swift
/// let pinger = Pinger(targets: [.v4(.loopback)], configuration: PingConfiguration(count: 3))
/// try await pinger.run { event in
///     if case .reply(let reply) = event { print(reply.time.millisecondsText, "ms") }
/// }
/// print(pinger.summaries[0].loss)
/// ```
///
/// A reply counts only if it has the identifier, a number that waits, the checksum and every byte of
/// its request; anything else is counted and ignored.
public final class Pinger: Sendable {
    /// Whom it asks, each address once, as replies come from it: ``IPAddress/reachable``.
    public let targets: [IPAddress]

    /// How.
    public let configuration: PingConfiguration

    private let access: EchoAccess
    private let state: Lock<PingState>
    /// Rung when a reply may have been the last that was waited for.
    private let bell = Doorbell()

    /// A ping that has not begun.
    ///
    /// - Parameters:
    ///   - targets: At most ``PingConfiguration/targetLimit``, each once. An address that means
    ///     "any" means this machine.
    ///   - configuration: How.
    ///   - access: The sockets, where they had to be opened earlier.
    public init(
        targets: [IPAddress],
        configuration: PingConfiguration = PingConfiguration(),
        access: EchoAccess = .open()
    ) {
        precondition(targets.count <= PingConfiguration.targetLimit, "too many targets")
        var unique: [IPAddress] = []
        for target in targets.map(\.reachable) where !unique.contains(target) {
            unique.append(target)
        }
        self.targets = unique
        self.configuration = configuration
        self.access = access
        let secret = UInt64.random(in: 0...UInt64.max)
        state = Lock(PingState(targets: unique, configuration: configuration, secret: secret))
    }

    /// What has come of each target so far, in the order of ``targets``.
    public var summaries: [PingSummary] {
        state.withLock { state in state.tallies.map(\.result) }
    }

    /// What was received besides, and ignored.
    public var strays: PingStrays { state.withLock { $0.strays } }

    /// Pings, once, and tells what happens.
    ///
    /// Ends when ``PingConfiguration/count`` requests to each target are answered or given up;
    /// cancellation ends it at once, and what was counted stays.
    ///
    /// - Parameter report: Called with each event, one at a time.
    /// - Throws: ``SocketError``; ``SocketError/Code/permissionDenied`` names what is missing.
    public func run(_ report: @escaping @Sendable (PingEvent) -> Void) async throws {
        // One loop for all of it: what the report prints is in order, and no reply changes threads.
        let loop = try EventLoopGroup.shared.nearest()
        try await withTaskExecutorPreference(loop) { try await self.runOnLoop(report) }
    }

    private func runOnLoop(_ report: @escaping @Sendable (PingEvent) -> Void) async throws {
        var sockets: [AddressFamily: EchoSocket] = [:]
        defer { for socket in sockets.values { socket.close() } }
        for target in targets where sockets[target.family] == nil {
            sockets[target.family] = try access.socket(target.family)
        }
        try await withThrowingTaskGroup(of: Void.self) { [sockets] group in
            for socket in sockets.values {
                group.addTask { try await self.receiveReplies(socket, report) }
                group.addTask { try await self.receiveErrors(socket, report) }
            }
            group.addTask { try await self.schedule(sockets, report) }
            // The receivers end only by an error: whoever ends first ends them all.
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    // MARK: Sending

    /// Sends each request when it is due and gives up those that were not answered.
    private func schedule(
        _ sockets: [AddressFamily: EchoSocket],
        _ report: (PingEvent) -> Void
    ) async throws {
        var timetable = PingTimetable(
            targetCount: targets.count,
            configuration: configuration,
            start: ProbeClock.now
        )
        let timeout = configuration.timeout.wholeNanoseconds
        while true {
            let now = ProbeClock.now
            while let target = timetable.takeDue(at: ProbeClock.now) {
                try await request(target, by: sockets, report)
            }
            let (lost, oldest) = state.withLock { state in
                (state.expire(sentUntil: now - timeout, now: now), state.oldestWaitingSentAt())
            }
            for event in lost { report(event) }
            guard let next = timetable.next(after: oldest.map { $0 + timeout }) else { return }
            let wait = Duration.nanoseconds(max(0, next - ProbeClock.now))
            _ = try await bell.wait(until: .after(wait))
        }
    }

    private func request(
        _ target: Int,
        by sockets: [AddressFamily: EchoSocket],
        _ report: (PingEvent) -> Void
    ) async throws {
        guard let socket = sockets[targets[target].family] else {
            preconditionFailure("a socket for each family there is")
        }
        let (number, payload) = state.withLock { state in
            (state.tallies[target].nextNumber, state.tallies[target].payload)
        }
        let message = EchoMessage.request(
            ICMPEcho(
                identifier: socket.identifier,
                sequenceNumber: EchoWindow.sequenceNumber(of: number)
            ),
            isIPv6: socket.isIPv6,
            payload: payload,
            number: number
        )
        let forgotten = state.withLock { $0.tallies[target].send(at: ProbeClock.now) }
        do throws(SocketError) {
            try await socket.send(message, to: targets[target])
        } catch {
            if error.code == .cancelled || error.code == .deadlinePassed { throw error }
            report(state.withLock { $0.tallies[target].failToSend(error) })
        }
        if let forgotten { report(forgotten) }
    }

    // MARK: Receiving

    private func receiveReplies(
        _ socket: EchoSocket,
        _ report: (PingEvent) -> Void
    ) async throws {
        // The largest packet there is.
        var memory = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let datagram = try await socket.receive(into: &memory)
            let time = ProbeClock.arrival(stamp: datagram.metadata.receiveTime)
            let bytes = unsafe memory.span.bytes.extracting(0..<datagram.count)
            let arrival = EchoMessage.read(
                bytes,
                isIPv6: socket.isIPv6,
                hasHeader: socket.hasHeader,
                identifier: socket.identifier
            )
            let event = state.withLock { state in
                state.receive(
                    arrival,
                    from: datagram.source.ip,
                    bytes,
                    hopLimit: datagram.metadata.hopLimit,
                    at: time
                )
            }
            tell(event, report)
        }
    }

    private func receiveErrors(
        _ socket: EchoSocket,
        _ report: (PingEvent) -> Void
    ) async throws {
        while true {
            let error = try await socket.receiveError()
            guard
                let number = EchoMessage.quotedRequest(
                    error.payload,
                    isIPv6: socket.isIPv6,
                    identifier: socket.identifier
                )
            else { continue }
            tell(state.withLock { $0.receive(error, of: number) }, report)
        }
    }

    private func tell(_ event: PingEvent?, _ report: (PingEvent) -> Void) {
        guard let event else { return }
        report(event)
        bell.ring()
    }
}

internal import Sockets
internal import SocketsTesting

/// One client and its target, and everything that goes wrong between them.
///
/// Four tasks: each direction has one that receives and one that sends, so that what is delayed does
/// not keep more from coming, up to ``RelayFaults/heldSizeLimit``. A connection is over when both
/// directions are, or when it has been dropped.
package final class RelayedConnection: Sendable {
    /// How long a dropped connection's ends may take to see its end before it is closed on them.
    ///
    /// Closing with bytes unread would reset it, which was not asked for. Arbitrary.
    package static let farewell = Duration.milliseconds(250)

    private let client: any RelayEnd
    private let target: any RelayEnd
    private let faults: RelayFaults
    private let clock = RelayClock()
    private let toTarget: FlowDriver
    private let toClient: FlowDriver
    private let loop: EventLoop
    private let dropRequest: Signal
    private let withReset = Lock(false)

    /// A connection.
    ///
    /// - Parameters:
    ///   - client: Who called; closed at the end.
    ///   - target: Who was called; closed at the end.
    ///   - faults: What goes wrong.
    ///   - seed: What the draws of all connections come from.
    ///   - number: Which connection of the relay it is: each has its own draws.
    ///   - held: What is shared with the others.
    package init(
        _ client: any RelayEnd,
        _ target: any RelayEnd,
        _ faults: RelayFaults,
        seed: UInt64,
        number: Int,
        _ held: HeldBytes
    ) {
        self.client = client
        self.target = target
        self.faults = faults
        // SplitMix64 moves by one constant: another one keeps the connections' sequences apart.
        var random = SeededRandom(seed: seed &+ UInt64(number) &* 0xD6E8_FEB8_6659_FD93)
        let isDatagram = client.isDatagram && target.isDatagram
        func flow(to end: any RelayEnd) -> FaultyFlow {
            var flow = FaultyFlow(
                faults,
                isDatagram: isDatagram,
                pieceSizeLimit: end.pieceSizeLimit,
                seed: random.next()
            )
            // Before the first byte, which the timetable's task could miss.
            if faults.blackHoleAfter == .zero { flow.become(.blackHole) }
            return flow
        }
        toTarget = FlowDriver(from: client, to: target, flow(to: target), clock, held)
        toClient = FlowDriver(from: target, to: client, flow(to: client), clock, held)
        loop = client.loop ?? target.loop ?? EventLoopGroup.shared.next()
        dropRequest = Signal(on: loop)
    }

    /// What has moved so far.
    package var counts: (toTarget: FlowCounts, toClient: FlowCounts) {
        (toTarget.counts, toClient.counts)
    }

    // MARK: From outside

    /// Drops it: both ends are told by FIN or RST, or only the target where the faults say so.
    package func drop(withReset: Bool) {
        self.withReset.withLock { $0 = withReset }
        dropRequest.set()
    }

    /// Changes what the way to one end is like.
    func become(_ weather: FaultyFlow.Weather, towards end: FaultyRelay.Direction) {
        if end != .toClient { toTarget.become(weather) }
        if end != .toTarget { toClient.become(weather) }
    }

    /// Ends a stall or a black hole.
    ///
    /// What was only stalled goes on. A stream that has lost something in a black hole is reset: with a
    /// hole in it, it would be none.
    func heal() {
        if toTarget.hasHole || toClient.hasHole { drop(withReset: true) }
        toTarget.become(.fair)
        toClient.become(.fair)
    }

    // MARK: Its life

    private enum Event {
        case directionOver(SocketError?)
        /// The source has ended, and the destination was told: it may be gone by now.
        case told(any RelayEnd)
        /// It is gone altogether: nobody waits for what still comes.
        case sourceGone
        /// An end without half-close has ended: nothing more can come or go there.
        case endGone
        case dropDue
        case farewellOver
        case idle
        case none
    }

    /// Relays until it is over, and closes both ends.
    ///
    /// Cancelled, it closes them at once.
    package func run(idle: Duration? = nil) async -> RelayReport {
        let result = await withTaskGroup(of: Event.self) { group in
            defer { group.cancelAll() }
            startDirections(in: &group)
            group.addTask(executorPreference: loop) { await self.followTimetable() }
            group.addTask(executorPreference: loop) {
                await self.dropRequest.wait(until: .never) == .set ? .dropDue : .none
            }
            if let idle {
                group.addTask(executorPreference: loop) { await self.watch(idle) }
            }
            return await ending(among: &group)
        }
        client.close()
        target.close()
        return RelayReport(
            ending: result,
            toTarget: toTarget.counts,
            toClient: toClient.counts
        )
    }

    private func startDirections(in group: inout TaskGroup<Event>) {
        let directions = [(toTarget, toClient, client), (toClient, toTarget, target)]
        for (there, back, source) in directions {
            group.addTask(executorPreference: loop) {
                let error = await there.receive()
                return .directionOver(error)
            }
            group.addTask(executorPreference: loop) {
                let error = await there.send {
                    // What the destination has sent before it broke still goes back; then the source
                    // is told. It may have been told an end already, which was none.
                    if back.breakSource(), !self.faults.isHalfOpen { source.reset() }
                }
                // Nothing more comes from there or gets there, and the other end has been told so.
                // Of datagrams nobody is told anything.
                let isGone =
                    source.isDatagram
                    || !source.hasHalfClose && !self.faults.isHalfOpen && !there.hasHole
                if isGone, error == nil { return .endGone }
                // Where ends are to vanish, this one does, too.
                let isTold = error == nil && !self.faults.isHalfOpen && !there.hasHole
                return isTold ? .told(source) : .directionOver(error)
            }
        }
    }

    private func ending(among group: inout TaskGroup<Event>) async -> RelayEnding {
        // Two tasks of each direction.
        var left = 4
        var failure: SocketError?
        // Once it is being ended: why.
        var ending: RelayEnding?
        while let event = await group.next() {
            if Task.isCancelled { return .stopped }
            var begun: RelayEnding?
            switch event {
            case .directionOver(let error):
                failure = failure ?? error
                left -= 1
            case .told(let source):
                left -= 1
                if left > 0 { watchForHangUp(of: source, in: &group) }
            case .sourceGone:
                failure = failure ?? .endGone
                begun = .ended(failure)
            case .endGone:
                left -= 1
                begun = .ended(failure)
            case .idle: begun = .idle
            case .dropDue: begun = .dropped
            case .farewellOver:
                target.close()
                if !isClientKept(in: ending) { client.close() }
            case .none: break
            }
            if left == 0 { return ending ?? .ended(failure) }
            if ending == nil, let begun {
                ending = begun
                await end(begun, &group)
            }
        }
        return .stopped
    }

    private func watchForHangUp(of end: any RelayEnd, in group: inout TaskGroup<Event>) {
        guard let carrier = end.carrier else { return }
        group.addTask(executorPreference: loop) {
            guard (try? await carrier.waitForHangUp()) != nil else { return .none }
            // In a black hole nobody learns of it.
            return self.toTarget.hasHole || self.toClient.hasHole ? .none : .sourceGone
        }
    }

    /// Ends what carries it; from now on, what still comes is thrown away.
    private func end(_ ending: RelayEnding, _ group: inout TaskGroup<Event>) async {
        toTarget.become(.blackHole)
        toClient.become(.blackHole)
        if case .dropped = ending, withReset.withLock({ $0 }) {
            target.reset()
            if !isClientKept(in: ending) { client.reset() }
            return
        }
        await target.drop()
        if !isClientKept(in: ending) { await client.drop() }
        group.addTask(executorPreference: loop) { [loop] in
            try? await loop.sleep(until: .after(Self.farewell))
            return .farewellOver
        }
    }

    /// Whether the client is not to learn how it ended.
    private func isClientKept(in ending: RelayEnding?) -> Bool {
        if case .dropped = ending { faults.isHalfOpen } else { false }
    }

    // MARK: Faults in time

    private func followTimetable() async -> Event {
        var timetable = FaultTimetable(faults)
        while let (age, event) = timetable.next() {
            guard
                (try? await loop.sleep(until: clock.deadline(age.nanoseconds))) != nil
            else { return .none }
            switch event {
            case .blackHole:
                toTarget.become(.blackHole)
                toClient.become(.blackHole)
            case .drop:
                withReset.withLock { $0 = faults.dropsWithReset }
                return .dropDue
            }
        }
        return .none
    }

    private func watch(_ limit: Duration) async -> Event {
        do throws(SocketError) {
            try await IdleWatch(limit: limit, loop: loop).run {
                let (there, back) = counts
                return [
                    there.receivedSize, there.receivedCount, there.sentSize, there.sentCount,
                    back.receivedSize, back.receivedCount, back.sentSize, back.sentCount,
                ]
            }
            return .idle
        } catch {
            return .none
        }
    }
}

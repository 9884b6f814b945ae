internal import HTTPCodec
internal import Sockets

/// The persistent connections of a client (RFC 9112 §9.3).
///
/// Nothing runs for it: a connection that rests costs its descriptor, and one alarm a pool closes those
/// that have rested for too long.
final class ConnectionPool: Sendable {
    let state: Lock<PoolState>
    /// The streams at work, to be closed when the client is.
    private let busy = Lock<[ObjectIdentifier: any ByteStream]>([:])
    private let hasAlarm = Lock(false)
    private let idleTime: Duration

    init(limits: HTTPClient.PoolLimits) {
        state = Lock(PoolState(limits: limits))
        idleTime = limits.idleTime
    }

    /// A connection that rests and is open, or nil with the right to make one.
    ///
    /// Waits for its turn at the limit. Every success is followed by one ``giveBack(_:of:)``.
    /// Cancellation and deadlines: total.
    func take(from origin: HTTPOrigin, fresh: Bool) async throws -> ClientConnection? {
        var grant = try await grant(origin, fresh: fresh)
        while case .connection(let connection) = grant {
            if !fresh, await connection.isStillOpen() {
                work(connection)
                return connection
            }
            connection.stream.close()
            // The place is kept, and the next that rests tried in it.
            let next = fresh ? nil : state.withLock { $0.takeIdle(origin) }
            grant = next.map { .connection($0) } ?? .place
        }
        return nil
    }

    /// Notes that a connection is at work; closes it if the client is closed.
    func work(_ connection: ClientConnection) {
        busy.withLock { $0[ObjectIdentifier(connection)] = connection.stream }
        if state.withLock({ $0.isClosed }) { connection.stream.close() }
    }

    /// Ends what ``take(from:fresh:)`` began: with a connection that may be used again, or with nil.
    func giveBack(_ connection: ClientConnection?, of origin: HTTPOrigin) {
        var closing: [ClientConnection] = []
        let signal = state.withLock { $0.giveBack(origin, connection, now: .now, &closing) }
        signal?.set()
        for connection in closing { connection.stream.close() }
        if connection != nil { setAlarm(at: .after(idleTime)) }
    }

    /// Notes that a connection is at work no more.
    func rest(_ connection: ClientConnection) {
        busy.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(connection)) }
    }

    /// Ends everything: what rests and what is at work.
    func close() {
        var closing: [ClientConnection] = []
        let signals = state.withLock { $0.close(&closing) }
        for signal in signals { signal.set() }
        for connection in closing { connection.stream.close() }
        let streams = busy.withLock { Array($0.values) }
        for stream in streams { stream.close() }
    }

    // MARK: Waiting

    private func grant(_ origin: HTTPOrigin, fresh: Bool) async throws -> PoolState.Grant {
        let signal = Signal()
        var closing: [ClientConnection] = []
        var number = 0
        let answer = state.withLock { state in
            let answer = state.ask(origin, fresh: fresh, &closing)
            if case .mustWait = answer { number = state.wait(origin, signal) }
            return answer
        }
        for connection in closing { connection.stream.close() }
        switch answer {
        case .granted(let grant): return grant
        case .closed: throw SocketError(.closed, in: .connect, detail: "the client is closed")
        case .mustWait: break
        }
        let wake = await signal.wait(until: .current)
        let grant = state.withLock { $0.endWait(origin, number) }
        switch (wake, grant) {
        case (.set, let grant?): return grant
        case (.set, nil): throw SocketError(.closed, in: .connect, detail: "the client is closed")
        case (.cancelled, _), (.deadlinePassed, _):
            // Served and given up at the same moment: the next in line gets it.
            switch grant {
            case .connection(let connection): giveBack(connection, of: origin)
            case .place: giveBack(nil, of: origin)
            case nil: break
            }
            let isCancelled = if case .cancelled = wake { true } else { false }
            throw SocketError(
                isCancelled ? .cancelled : .deadlinePassed,
                in: .connect,
                detail: "while waiting for one of the connections to \(origin)"
            )
        }
    }

    // MARK: Expiry

    private func setAlarm(at moment: Deadline) {
        let isSet = hasAlarm.withLock { hasAlarm in
            defer { hasAlarm = true }
            return hasAlarm
        }
        if isSet { return }
        Alarm.set(at: moment) { [weak self] in self?.expire() }
    }

    private func expire() {
        hasAlarm.withLock { $0 = false }
        var closing: [ClientConnection] = []
        let next = state.withLock { $0.expire(now: .now, &closing) }
        for connection in closing { connection.stream.close() }
        if let next { setAlarm(at: next) }
    }
}

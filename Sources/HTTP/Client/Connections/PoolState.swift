internal import Sockets

/// What a pool knows: which connections rest, how many are at work, and who waits for one.
///
/// Rule 1. Of one origin there are never more connections, at work or resting, than the limit.
/// Rule 2. Who waits is served first come, first served; while anybody waits, nothing rests.
/// Rule 3. A place that was given to a waiter is its own: one that has given up meanwhile gives it back.
struct PoolState {
    /// What somebody who wants a connection gets.
    enum Grant {
        /// One that has carried requests before.
        case connection(ClientConnection)
        /// The right to make one.
        case place
    }

    /// What was decided about a wish.
    enum Answer {
        case granted(Grant)
        case mustWait
        case closed
    }

    /// Somebody who waits, until it has a grant or the pool is closed.
    struct Waiter {
        let number: Int
        let signal: Signal
    }

    /// One origin's.
    struct Place {
        var busyCount = 0
        /// The one used last is last, and is the next to be used: the others may go.
        var idle: [ClientConnection] = []
        var waiters: [Waiter] = []

        var isEmpty: Bool { busyCount == 0 && idle.isEmpty && waiters.isEmpty }
    }

    private(set) var places: [HTTPOrigin: Place] = [:]
    private(set) var idleCount = 0
    private(set) var isClosed = false
    /// For waiters that have been served and not noticed yet.
    private var grants: [Int: Grant] = [:]
    private var nextNumber = 0
    let limits: HTTPClient.PoolLimits

    init(limits: HTTPClient.PoolLimits) { self.limits = limits }

    /// Somebody wants a connection; `fresh` if none that has been used before.
    ///
    /// Returns connections to close, too.
    mutating func ask(
        _ origin: HTTPOrigin,
        fresh: Bool,
        _ closing: inout [ClientConnection]
    ) -> Answer {
        if isClosed { return .closed }
        var place = places[origin] ?? Place()
        defer { places[origin] = place }
        if fresh {
            // Those that rest are as old as the one that failed, or older.
            closing += place.idle
            idleCount -= place.idle.count
            place.idle = []
        }
        if let connection = place.idle.popLast() {
            idleCount -= 1
            place.busyCount += 1
            return .granted(.connection(connection))
        }
        guard place.waiters.isEmpty, place.busyCount < limits.connectionsPerOrigin else {
            return .mustWait
        }
        place.busyCount += 1
        return .granted(.place)
    }

    /// What rests, in place of a connection at work that turned out to be dead.
    mutating func takeIdle(_ origin: HTTPOrigin) -> ClientConnection? {
        guard let connection = places[origin]?.idle.popLast() else { return nil }
        idleCount -= 1
        return connection
    }

    /// Puts somebody into the line; its number.
    mutating func wait(_ origin: HTTPOrigin, _ signal: Signal) -> Int {
        nextNumber += 1
        places[origin, default: Place()].waiters.append(Waiter(number: nextNumber, signal: signal))
        return nextNumber
    }

    /// Whether a waiter was served; takes it out of the line if it was not.
    mutating func endWait(_ origin: HTTPOrigin, _ number: Int) -> Grant? {
        if let grant = grants.removeValue(forKey: number) { return grant }
        places[origin]?.waiters.removeAll { $0.number == number }
        forgetIfEmpty(origin)
        return nil
    }

    /// A connection is given back to be used again, or with nil a place is free.
    ///
    /// Returns who is to be woken.
    mutating func giveBack(
        _ origin: HTTPOrigin,
        _ connection: ClientConnection?,
        now: Deadline,
        _ closing: inout [ClientConnection]
    ) -> Signal? {
        guard var place = places[origin], !isClosed else {
            if let connection { closing.append(connection) }
            return nil
        }
        if let waiter = place.waiters.first {
            place.waiters.removeFirst()
            places[origin] = place
            grants[waiter.number] = connection.map { .connection($0) } ?? .place
            return waiter.signal
        }
        place.busyCount -= 1
        if let connection {
            connection.idleSince = now
            place.idle.append(connection)
            idleCount += 1
        }
        places[origin] = place
        if idleCount > limits.idleConnections { closeOldest(&closing) }
        forgetIfEmpty(origin)
        return nil
    }

    /// Connections that have rested for too long, and when the next will have.
    mutating func expire(now: Deadline, _ closing: inout [ClientConnection]) -> Deadline? {
        var next: Deadline?
        for origin in Array(places.keys) {
            guard let idle = places[origin]?.idle, !idle.isEmpty else { continue }
            let end = { [limits] (connection: ClientConnection) in
                connection.idleSince.advanced(by: limits.idleTime)
            }
            let kept = idle.filter { end($0) > now }
            closing += idle.filter { end($0) <= now }
            idleCount -= idle.count - kept.count
            places[origin]?.idle = kept
            if let first = kept.first { next = min(next ?? .never, end(first)) }
            forgetIfEmpty(origin)
        }
        return next
    }

    /// Nothing more is given: who waits is to be woken, what rests to be closed.
    mutating func close(_ closing: inout [ClientConnection]) -> [Signal] {
        isClosed = true
        let signals = places.values.flatMap { $0.waiters.map(\.signal) }
        for place in places.values { closing += place.idle }
        for case .connection(let connection) in grants.values { closing.append(connection) }
        places = [:]
        grants = [:]
        idleCount = 0
        return signals
    }

    private mutating func closeOldest(_ closing: inout [ClientConnection]) {
        let oldest = places.min {
            ($0.value.idle.first?.idleSince ?? .never) < ($1.value.idle.first?.idleSince ?? .never)
        }
        guard let origin = oldest?.key, places[origin]?.idle.isEmpty == false else { return }
        if let connection = places[origin]?.idle.removeFirst() { closing.append(connection) }
        idleCount -= 1
        forgetIfEmpty(origin)
    }

    private mutating func forgetIfEmpty(_ origin: HTTPOrigin) {
        if places[origin]?.isEmpty == true { places[origin] = nil }
    }
}

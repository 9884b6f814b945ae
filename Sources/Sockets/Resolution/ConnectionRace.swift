/// Connects to the first of several addresses that answers: RFC 8305 §5.
struct ConnectionRace {
    /// In the order of preference; families already interleaved (§4).
    let addresses: [SocketAddress]
    let loops: EventLoopGroup
    let options: [SocketSetting]

    /// The Connection Attempt Delay of §5.
    static let attemptDelay = Duration.milliseconds(250)

    private enum Event {
        case connected(StreamConnection)
        case failed(SocketError)
        case delayOver(attempt: Int)
    }

    func run() async throws(SocketError) -> StreamConnection {
        guard let first = addresses.first else {
            throw SocketError(.noAddress, in: .connect)
        }
        if addresses.count == 1 { return try await attempt(first) }
        let outcome = await withTaskGroup(of: Event.self) { group in
            await race(&group)
        }
        return try outcome.get()
    }

    private func attempt(_ address: SocketAddress) async throws(SocketError) -> StreamConnection {
        try await StreamSocket.create(address.family, loops: loops, options: options)
            .connect(to: address)
    }

    private func race(
        _ group: inout TaskGroup<Event>
    ) async -> Result<StreamConnection, SocketError> {
        var started = 0
        var failures: [SocketError] = []
        start(&started, &group)
        while let event = await group.next() {
            switch event {
            case .connected(let connection):
                await close(theOthers: &group)
                return .success(connection)
            case .failed(let error):
                failures.append(error)
                if failures.count == addresses.count { group.cancelAll() }
                // Not after a cancellation or a passed deadline, which meant all of them.
                if error.code != .cancelled, error.code != .deadlinePassed {
                    start(&started, &group)
                }
            case .delayOver(let attempt):
                if attempt == started { start(&started, &group) }
            }
        }
        return .failure(Self.summary(of: failures))
    }

    /// Starts the next attempt, and the delay after which the one after it may start.
    private func start(_ started: inout Int, _ group: inout TaskGroup<Event>) {
        guard started < addresses.count else { return }
        let address = addresses[started]
        started += 1
        let number = started
        group.addTask {
            do throws(SocketError) {
                return .connected(try await attempt(address))
            } catch {
                return .failed(error)
            }
        }
        guard started < addresses.count else { return }
        group.addTask {
            try? await EventLoop.nearest.sleep(until: .after(Self.attemptDelay))
            return .delayOver(attempt: Task.isCancelled ? -1 : number)
        }
    }

    private func close(theOthers group: inout TaskGroup<Event>) async {
        group.cancelAll()
        for await case .connected(let late) in group { late.close() }
    }

    /// The last error, which says of the others in how many words they failed.
    private static func summary(of failures: [SocketError]) -> SocketError {
        guard let last = failures.last else { return SocketError(.cancelled, in: .connect) }
        if failures.count == 1 { return last }
        let others = failures.dropLast().map {
            "\($0.peerAddress?.description ?? "?"): \($0.code)"
        }
        return SocketError(
            last.code,
            in: last.operation,
            local: last.localAddress,
            peer: last.peerAddress,
            errno: last.errno,
            detail: "after \(others.joined(separator: ", "))"
        )
    }
}

internal import Sockets

extension FaultyRelay {
    /// How long the target may take to be reached.
    ///
    /// Arbitrary: several retransmissions of a SYN.
    package static let dialLimit = Duration.seconds(30)

    /// Serves clients until the listener is drained.
    func serve() async throws {
        try await listener.serve { client in
            let number = self.state.withLock { state in
                state.statistics.clientCount += 1
                return state.statistics.clientCount
            }
            guard await self.waitForFairWeather() else { return }
            let target: StreamConnection
            do {
                target = try await withDeadline(.after(Self.dialLimit)) {
                    try await StreamConnection.connect(to: self.target)
                }
            } catch {
                self.state.withLock { $0.statistics.refusedCount += 1 }
                // An end would say that the target had nothing to say.
                client.reset()
                return
            }
            await self.relay(client, target, number)
        }
    }

    private func relay(
        _ client: StreamConnection,
        _ target: StreamConnection,
        _ number: Int
    ) async {
        let connection = RelayedConnection(
            StreamEnd(client),
            StreamEnd(target),
            faults,
            seed: seed,
            number: number,
            held
        )
        state.withLock { state in
            state.connections[number] = connection
            // It may have turned while the target was called. Before the lock is let go: whoever heals
            // the way after that finds the connection.
            connection.become(state.toTarget, towards: .toTarget)
            connection.become(state.toClient, towards: .toClient)
        }
        let report = await connection.run()
        state.withLock { state in
            state.connections[number] = nil
            if case .dropped = report.ending { state.statistics.droppedCount += 1 }
            state.statistics.toTarget = state.statistics.toTarget + report.toTarget
            state.statistics.toClient = state.statistics.toClient + report.toClient
        }
    }

    /// Waits until there is a way to the target and back; false when cancelled.
    private func waitForFairWeather() async -> Bool {
        while !Task.isCancelled {
            let signal: Signal? = state.withLock { state in
                if state.isFair { return nil }
                let signal = Signal()
                state.waiters.append(signal)
                return signal
            }
            guard let signal else { return true }
            _ = await signal.wait(until: .never)
        }
        return false
    }
}

package import Sockets

/// One client and its target with nothing between them but the kernel: splice(2), both ways.
package struct SplicedConnection: Sendable {
    private let client: StreamConnection
    private let target: StreamConnection

    package init(_ client: StreamConnection, _ target: StreamConnection) {
        self.client = client
        self.target = target
    }

    /// How one direction ended.
    private enum Event {
        ///
        /// The source said its end, and the destination was told.
        case finished(StreamConnection)
        /// It was cancelled.
        case stopped
        /// An end that had said its end is gone altogether: nobody waits for what still comes.
        case gone
        /// The source broke: nothing is left to say to either.
        case sourceBroke(SocketError)
        /// The destination broke: what it sent before that still goes back.
        case destinationBroke(SocketError)
        case idle
        /// A watch ended without news.
        case none
    }

    /// Relays until both directions have ended, and closes both ends.
    ///
    /// - Parameter idle: How long nothing may move; nil for ever.
    /// - Returns: How it ended, and what was moved.
    package func run(idle: Duration? = nil) async -> RelayReport {
        let result = await withTaskGroup(of: Event.self) { group in
            defer { group.cancelAll() }
            for (source, destination) in [(client, target), (target, client)] {
                group.addTask(executorPreference: client.loop) {
                    await move(from: source, to: destination)
                }
            }
            if let idle {
                group.addTask(executorPreference: client.loop) { await watch(idle) }
            }
            return await ending(among: &group)
        }
        client.close()
        target.close()
        return RelayReport(
            ending: result,
            toTarget: counts(from: client, to: target),
            toClient: counts(from: target, to: client)
        )
    }

    private func ending(among group: inout TaskGroup<Event>) async -> RelayEnding {
        // Directions that have not ended.
        var left = 2
        var failure: SocketError?
        while left > 0, let event = await group.next() {
            if Task.isCancelled { return .stopped }
            switch event {
            case .none: break
            case .stopped: left -= 1
            case .finished(let source):
                left -= 1
                if left > 0 { watchForHangUp(of: source, in: &group) }
            case .destinationBroke(let error):
                failure = failure ?? error
                left -= 1
            case .sourceBroke(let error):
                failure = failure ?? error
                left = 0
            case .gone:
                failure = failure ?? .endGone
                left = 0
            case .idle: return .idle
            }
        }
        if failure != nil {
            client.reset()
            target.reset()
        }
        return .ended(failure)
    }

    private func move(
        from source: StreamConnection,
        to destination: StreamConnection
    ) async -> Event {
        do throws(SocketError) {
            try await source.splice(to: destination)
        } catch {
            if error.code == .cancelled { return .stopped }
            // What came and did not go says who broke.
            let counts = counts(from: source, to: destination)
            return counts.receivedSize == counts.sentSize
                ? .sourceBroke(error) : .destinationBroke(error)
        }
        do throws(SocketError) {
            try await destination.finish()
            return .finished(source)
        } catch {
            return .destinationBroke(error)
        }
    }

    /// A source that has ended may wait for an answer, or be gone: only then nobody would ever end
    /// the other direction, if its source says nothing.
    private func watchForHangUp(
        of source: StreamConnection,
        in group: inout TaskGroup<Event>
    ) {
        group.addTask(executorPreference: client.loop) {
            (try? await source.waitForHangUp()) != nil ? .gone : .none
        }
    }

    private func counts(
        from source: StreamConnection,
        to destination: StreamConnection
    ) -> FlowCounts {
        var counts = FlowCounts()
        counts.receivedSize = source.statistics().receivedSize
        counts.sentSize = destination.statistics().sentSize
        return counts
    }

    private func watch(_ limit: Duration) async -> Event {
        do throws(SocketError) {
            try await IdleWatch(limit: limit, loop: client.loop).run {
                [client, target].map { $0.statistics() }.flatMap { [$0.receivedSize, $0.sentSize] }
            }
            return .idle
        } catch {
            return .none
        }
    }
}

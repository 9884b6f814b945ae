import NetworkTools
import Sockets
import Testing

/// The three tools as a program uses them, on this machine's loopback.
struct ToolsTests {
    /// Collects what a tool reports.
    private final class Seen<Value: Sendable>: Sendable {
        private let values = Lock<[Value]>([])
        var all: [Value] { values.withLock { $0 } }
        func add(_ value: Value) { values.withLock { $0.append(value) } }
    }

    @Test func aPingerTimesReplies() async throws {
        let seen = Seen<PingEvent.Reply>()
        let pinger = Pinger(
            targets: [.v4(.loopback), .v4(.any)],
            configuration: PingConfiguration(count: 3, interval: .milliseconds(5))
        )
        #expect(pinger.targets == [.v4(.loopback)])
        do {
            try await pinger.run { event in
                if case .reply(let reply) = event { seen.add(reply) }
            }
        } catch let error as SocketError where error.code == .permissionDenied {
            return print("skipped: \(error)")
        }
        #expect(seen.all.map(\.sequenceNumber) == [1, 2, 3])
        #expect(seen.all.allSatisfy { $0.time > .zero && $0.time < .seconds(1) && $0.size == 64 })
        let summary = pinger.summaries[0]
        #expect(summary.receivedCount == 3 && summary.loss == 0 && summary.ignoredCount == 0)
        #expect(summary.times.count == 3)
    }

    @Test func aCancelledPingerKeepsItsCounts() async throws {
        let pinger = Pinger(
            targets: [.v4(.loopback)],
            configuration: PingConfiguration(interval: .milliseconds(5))
        )
        let hasReply = Doorbell()
        let task = Task {
            try await pinger.run { event in
                if case .reply = event { hasReply.ring() }
            }
        }
        guard try await hasReply.wait(until: .after(.seconds(5))) else {
            task.cancel()
            return print("skipped: \(await task.result)")
        }
        task.cancel()
        await #expect(throws: SocketError.self) { try await task.value }
        #expect(pinger.summaries[0].receivedCount > 0)
    }

    @Test(arguments: [IPAddress.v4(.loopback), .v6(.loopback)])
    func aTracerFindsTheDestination(address: IPAddress) async throws {
        let tracer = Tracer(to: address, configuration: TraceConfiguration(queries: 1))
        let seen = Seen<Int>()
        try await tracer.run { table in seen.add(table.settledRows.count) }
        #expect(tracer.table.hasReached)
        #expect(tracer.table.rows.map(\.addresses) == [[address]])
        #expect(seen.all.last == 1)
        #expect(tracer.pathMTU?.isConfirmed == true)
    }

    @Test func aScannerTellsAnOpenPortFromAClosedOne() async throws {
        let listener = try StreamSocket.create(.ipv4).bind(to: .v4(.loopback, port: 0)).listen()
        let open = try #require(listener.localAddress.port)
        // A port that was free a moment ago, held by nobody.
        let other = try StreamSocket.create(.ipv4).bind(to: .v4(.loopback, port: 0))
        let closed = try #require(other.localAddress.port)
        let seen = Seen<ScannedPort>()
        try await PortScanner(of: .v4(.loopback)).run([open, closed]) { seen.add($0) }
        #expect(seen.all.first { $0.port == open }?.state == .open)
        #expect(seen.all.first { $0.port == closed }?.state == .closed)
        listener.close()
    }
}

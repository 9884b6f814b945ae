import Glibc
import Sockets
import SocketsTesting
import Testing

/// What ICMP says of datagrams sent: typed, for the peer that caused it, and never the end.
@Suite("Errors of the network", .serialized)
struct DatagramErrorTests {
    /// Addresses where nobody listens.
    private func dead(_ count: Int, _ place: SocketAddress) throws -> [SocketAddress] {
        let sockets = try (0..<count).map { _ in try DatagramSocket.bind(to: place) }
        defer { for socket in sockets { socket.close() } }
        return sockets.map(\.localAddress)
    }

    @Test(arguments: [SocketAddress.v4(.loopback, port: 0), .v6(.loopback, port: 0)])
    func ofABatchToThreePeersTheDeadOneIsNamedAndTheOthersGetTheirs(
        _ place: SocketAddress
    ) async throws {
        let alive = try (0..<2).map { _ in try DatagramSocket.bind(to: place) }
        let nobody = try dead(1, place)[0]
        let socket = try DatagramSocket.bind(to: place)
        for round in 0..<50 {
            var batch = DatagramBatch(capacity: 9, datagramSize: 100)
            for _ in 0..<3 {
                for peer in [alive[0].localAddress, nobody, alive[1].localAddress] {
                    #expect(unsafe batch.append("\(round)".utf8Span.span.bytes, to: peer))
                }
            }
            try await socket.send(&batch)
            for receiver in alive {
                for _ in 0..<3 { #expect(try await receiver.receiveText().text == "\(round)") }
            }
            for _ in 0..<3 {
                let error = try await withDeadline(.after(.seconds(5))) {
                    try await socket.receiveError()
                }
                #expect(error.destination == nobody && error.isPortUnreachable)
                #expect(error.code == .refused && error.errno == ECONNREFUSED)
                #expect(error.payload == Array("\(round)".utf8))
                #expect(error.icmp?.isIPv6 == (place.family == .ipv6))
            }
        }
        #expect(socket.receiveErrorIfReady() == nil)
        #expect(socket.statistics().errorCount == 150)
        #expect(socket.statistics().sentCount == 450)
    }

    @Test func aFloodOfErrorsIsBoundedCountedAndEndsNoReceive() async throws {
        let loops = try EventLoopGroup(count: 1)
        let nobody = try dead(4, .v4(.loopback, port: 0))
        let socket = try DatagramSocket.bind(to: .v4(.loopback, port: 0), loops: loops)
        let peer = try DatagramSocket.bind(to: .v4(.loopback, port: 0))
        let received = Shared(0)
        let receiving = Task {
            var memory = [UInt8](repeating: 0, count: 100)
            while received.withLock({ $0 }) < 1000 {
                _ = try await socket.receive(into: &memory)
                received.withLock { $0 += 1 }
            }
        }
        // From another thread than the loop's, so that all three race: sends, receives, reports.
        var sent = 0
        while received.withLock({ $0 }) < 1000 {
            for address in nobody { try await socket.send("anybody?", to: address) }
            sent += nobody.count
            try await peer.send("data", to: socket.localAddress)
        }
        try await receiving.value
        try await eventually { socket.statistics().errorCount > 256 }
        // The last reports may still be on their way, and find the room that this makes.
        let dropped = socket.statistics().droppedErrorCount
        var kept = 0
        while socket.receiveErrorIfReady() != nil { kept += 1 }
        #expect(dropped > 0 && kept >= 256)
        try await eventually {
            while socket.receiveErrorIfReady() != nil { kept += 1 }
            let statistics = socket.statistics()
            return statistics.errorCount - statistics.droppedErrorCount == kept
        }
        #expect(socket.statistics().errorCount <= sent)
    }

    @Test func afterAFloodTheLoopIsIdle() async throws {
        let socket = try DatagramSocket.bind(to: .v4(.loopback, port: 0))
        let nobody = try dead(1, .v4(.loopback, port: 0))[0]
        let receiving = Task {
            var memory: [UInt8] = [0]
            _ = try await socket.receive(into: &memory)
        }
        for _ in 0..<2000 { try await socket.send("anybody?", to: nobody) }
        try await eventually { socket.statistics().errorCount > 256 }
        let before = processorTime()
        try await Task.sleep(for: .milliseconds(300))
        #expect(processorTime() - before < .milliseconds(100), "the loop spins")
        receiving.cancel()
        await expect(.cancelled) { try await receiving.value }
    }

    @Test func waitingForAnErrorCanBeCancelledTimedOutClosedAndIsForOne() async throws {
        let socket = try DatagramSocket.bind(to: .v4(.loopback, port: 0))
        await expect(.deadlinePassed) {
            try await withDeadline(.after(.milliseconds(5))) { _ = try await socket.receiveError() }
        }
        for _ in 0..<200 {
            let cancelled = Task { _ = try await socket.receiveError() }
            for _ in 0..<Int.random(in: 0...5) { await Task.yield() }
            cancelled.cancel()
            await expect(.cancelled) { try await cancelled.value }
        }
        let waiting = (0..<2).map { _ in
            Task { () -> SocketError? in
                do throws(SocketError) {
                    _ = try await socket.receiveError()
                    return nil
                } catch {
                    return error
                }
            }
        }
        let codes = Shared<[SocketError]>([])
        for task in waiting {
            Task { if let error = await task.value { codes.withLock { $0.append(error) } } }
        }
        try await eventually { codes.withLock { $0.map(\.code) } == [.busy] }
        socket.close()
        try await eventually { codes.withLock { $0.map(\.code) } == [.busy, .closed] }
        #expect(codes.withLock { $0.allSatisfy { $0.operation == .receiveError } })
        #expect(codes.withLock { $0.allSatisfy { $0.transport == .udp } })
        await expect(.closed) { _ = try await socket.receiveError() }
    }

    @Test func errorsRaceTheirWaitAndNoneIsLost() async throws {
        let socket = try DatagramSocket.bind(to: .v4(.loopback, port: 0))
        let nobody = try dead(1, .v4(.loopback, port: 0))[0]
        var random = SeededRandom(seed: SeededRandom.testSeed)
        var found = 0
        for round in 1...1000 {
            let waiting = Task { try await socket.receiveError() }
            for _ in 0..<Int.random(in: 0...3, using: &random) { await Task.yield() }
            try await socket.send("anybody?", to: nobody)
            if random.oneIn(2) { waiting.cancel() }
            switch await waiting.result {
            case .success: found += 1
            case .failure(let error): #expect((error as? SocketError)?.code == .cancelled)
            }
            while found < round {
                _ = try await withDeadline(.after(.seconds(5))) { try await socket.receiveError() }
                found += 1
            }
        }
        #expect(socket.receiveErrorIfReady() == nil)
    }

    @Test(arguments: [true, false])
    func aConnectionThrowsEachErrorOnce(_ isSend: Bool) async throws {
        let nobody = try dead(1, .v4(.loopback, port: 0))[0]
        let connection = try DatagramSocket.create(.ipv4).connect(to: nobody)
        // The loop takes the reports over, from the first wait on.
        #expect(try await nextError(of: connection, within: .zero) == nil)
        var sent = 0
        var thrown = 0
        for _ in 0..<500 {
            do throws(SocketError) {
                try await connection.send("anybody?")
                sent += 1
                if isSend { continue }
                guard let error = try await nextError(of: connection, within: .seconds(5)) else {
                    Issue.record("an error was lost")
                    return
                }
                throw error
            } catch {
                thrown += 1
                #expect(error.code == .refused && error.peerAddress == nobody)
                #expect(error.detail?.contains("ICMP type 3 code 3") == true)
                #expect("\(error)".hasPrefix(isSend ? "send udp 127" : "receive udp 127"))
            }
        }
        #expect(thrown > 0)
        while try await nextError(of: connection, within: .milliseconds(50)) != nil { thrown += 1 }
        #expect(thrown == sent && connection.statistics().errorCount == sent)
    }

    /// The error that the next receive fails with, or nil when nothing comes.
    private func nextError(
        of connection: DatagramConnection,
        within time: Duration
    ) async throws(SocketError) -> SocketError? {
        do throws(SocketError) {
            _ = try await withDeadline(.after(time)) { () async throws(SocketError) in
                try await connection.receiveText()
            }
        } catch {
            return error.code == .deadlinePassed ? nil : error
        }
        throw SocketError(.malformed, in: .receive, detail: "a datagram that nobody sent")
    }
}

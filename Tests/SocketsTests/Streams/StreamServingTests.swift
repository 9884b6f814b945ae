import SocketsTesting
import Testing

@testable import Sockets

@Suite("Serving a listener")
struct StreamServingTests {
    private struct HandlerError: Error {}

    @Test func servesUntilTheListenerIsClosed() async throws {
        let listener = try StreamListener.listen(on: .v4(.loopback, port: 0))
        let serving = Task { try await listener.serve(echo) }
        for _ in 0..<5 { try await ping(listener) }
        listener.close()
        try await serving.value
        let statistics = listener.statistics()
        #expect(statistics.acceptedConnections == 5)
        #expect(statistics.openConnections == 0)
        #expect(statistics.receivedSize == 25 && statistics.sentSize == 25)
    }

    @Test func holdsTheNextConnectionBackAtItsLimit() async throws {
        let listener = try StreamListener.listen(
            on: .v4(.loopback, port: 0),
            .init(connectionLimit: 2)
        )
        let most = Shared((now: 0, most: 0))
        let serving = Task {
            try await listener.serve { connection in
                most.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
                defer { most.withLock { $0.now -= 1 } }
                try await echo(connection)
            }
        }
        let one = try await client(of: listener)
        let two = try await client(of: listener)
        let three = try await client(of: listener)  // in the backlog
        try await pingPong(one)
        try await pingPong(two)
        try await three.send("hello")
        var buffer = ByteBuffer()
        await expect(.deadlinePassed) {
            try await withDeadline(.after(.milliseconds(150))) {
                _ = try await three.receive(into: &buffer)
            }
        }
        #expect(listener.statistics().openConnections == 2)
        one.close()
        _ = try await three.receive(into: &buffer)
        #expect(buffer.array() == Array("hello".utf8))
        two.close()
        three.close()
        listener.close()
        try await serving.value
        #expect(most.withLock { $0.most } == 2)
    }

    @Test func containsAndCountsAHandlersError() async throws {
        let listener = try StreamListener.listen(on: .v4(.loopback, port: 0))
        let serving = Task {
            try await listener.serve { connection in
                var buffer = ByteBuffer()
                _ = try await connection.receive(into: &buffer)
                if buffer.array() == [0] { throw HandlerError() }
                try await connection.send(&buffer)
                try await echo(connection)
            }
        }
        let other = try await client(of: listener)
        try await pingPong(other)
        for _ in 0..<3 {
            let failing = try await client(of: listener)
            try await failing.send([0])
            #expect(try await receiveAll(failing) == [], "its connection is closed")
            failing.close()
        }
        try await pingPong(other)  // and the others notice nothing
        other.close()
        listener.close()
        try await serving.value
        #expect(listener.statistics().failedHandlers == 3)
    }

    @Test func endsWithItsTaskAndCancelsTheHandlers() async throws {
        let listener = try StreamListener.listen(on: .v4(.loopback, port: 0))
        let codes = Shared<[SocketError.Code]>([])
        let serving = Task {
            try await listener.serve { connection in
                do {
                    try await echo(connection)
                } catch let error as SocketError {
                    codes.withLock { $0.append(error.code) }
                    throw error
                }
            }
        }
        let connection = try await client(of: listener)
        try await pingPong(connection)
        serving.cancel()
        try await serving.value
        #expect(codes.withLock { $0 } == [.cancelled])
        #expect(try await receiveAll(connection) == [])
        #expect(listener.statistics().failedHandlers == 0, "cancelled is not failed")
        connection.close()
        listener.close()
    }

    @Test func givesItsHandlersNoDeadlineOfItsOwn() async throws {
        let listener = try StreamListener.listen(on: .v4(.loopback, port: 0))
        let seen = Shared<[Deadline]>([])
        let serving = Task {
            try await withDeadline(.after(.seconds(30))) {
                try await listener.serve { connection in
                    seen.withLock { $0.append(.current) }
                    try await echo(connection)
                }
            }
        }
        try await ping(listener)
        listener.close()
        try await serving.value
        #expect(seen.withLock { $0 } == [.never])
    }

    @Test func stopsAtItsDeadline() async throws {
        let listener = try StreamListener.listen(on: .v4(.loopback, port: 0))
        await expect(.deadlinePassed) {
            try await withDeadline(.after(.milliseconds(20))) { try await listener.serve(echo) }
        }
        listener.close()
    }

    /// More than one turn of accepting, from a task that is not on the loop's thread.
    @MainActor @Test func servesFromAnyActor() async throws {
        let listener = try StreamListener.listen(on: .v4(.loopback, port: 0))
        let address = listener.localAddress
        let clients = Task.detached {
            var connections: [StreamConnection] = []
            for _ in 0..<300 {
                connections.append(try await StreamSocket.create(.ipv4).connect(to: address))
            }
            for connection in connections {
                try await pingPong(connection)
                connection.close()
            }
            listener.close()
        }
        try await listener.serve(echo)
        try await clients.value
        #expect(listener.statistics().acceptedConnections == 300)
    }

    // MARK: Draining

    @Test func drainsAtOnceWhenNobodyIsServed() async throws {
        let listener = try StreamListener.listen(on: .v4(.loopback, port: 0))
        let serving = Task { try await listener.serve(echo) }
        try await ping(listener)
        let begin = ContinuousClock.now
        listener.drain(before: .after(.seconds(60)))
        try await serving.value
        #expect(ContinuousClock.now - begin < .seconds(20))
        await expect(.refused) { _ = try await client(of: listener) }
    }

    @Test func drainsAsSoonAsTheLastHandlerHasEnded() async throws {
        let listener = try StreamListener.listen(on: .v4(.loopback, port: 0))
        let serving = Task { try await listener.serve(echo) }
        let connection = try await client(of: listener)
        try await pingPong(connection)
        let begin = ContinuousClock.now
        listener.drain(before: .after(.seconds(60)))
        try await pingPong(connection)  // served on
        connection.close()
        try await serving.value
        #expect(ContinuousClock.now - begin < .seconds(20))
    }

    @Test func cancelsTheHandlersThatAreLeftAtTheDeadline() async throws {
        let listener = try StreamListener.listen(on: .v4(.loopback, port: 0))
        let serving = Task { try await listener.serve(echo) }
        let connection = try await client(of: listener)
        try await pingPong(connection)
        let begin = ContinuousClock.now
        listener.drain(before: .after(.milliseconds(50)))
        #expect(try await receiveAll(connection) == [])
        try await serving.value
        #expect(ContinuousClock.now - begin >= .milliseconds(50))
        connection.close()
    }

    /// What a handler does after it has closed its connection is still its work.
    @Test func letsAHandlerFinishThatHasClosedItsConnection() async throws {
        let listener = try StreamListener.listen(on: .v4(.loopback, port: 0))
        let outcome = Shared<Bool?>(nil)
        let closed = Signal()
        let goOn = Signal()
        let serving = Task {
            try await listener.serve { connection in
                connection.close()
                closed.set()
                _ = await goOn.wait(until: .after(.milliseconds(300)))
                outcome.withLock { $0 = Task.isCancelled }
            }
        }
        let connection = try await client(of: listener)
        _ = await closed.wait(until: .after(.seconds(10)))
        listener.drain(before: .after(.seconds(60)))
        try await serving.value
        #expect(outcome.withLock { $0 } == false)
        connection.close()
    }

    // MARK: Shortage

    @Test func survivesRunningOutOfDescriptorsWithoutSpinning() async {
        await #expect(processExitsWith: .success) {
            try await Task.sleep(for: .milliseconds(1))  // opens the runtime's own descriptors
            let listener = try StreamListener.listen(on: .v4(.loopback, port: 0))
            let serving = Task { try await listener.serve(echo) }
            try await ping(listener)
            let limit = try DescriptorLimit.lower(to: try entries(of: "/proc/self/fd").count + 6)
            // Four descriptors for the clients; two or three are left for the server's halves.
            let one = try StreamSocket.create(.ipv4)
            let two = try StreamSocket.create(.ipv4)
            let three = try StreamSocket.create(.ipv4)
            let four = try StreamSocket.create(.ipv4)
            let clients = [
                try await one.connect(to: listener.localAddress),
                try await two.connect(to: listener.localAddress),
                try await three.connect(to: listener.localAddress),
                try await four.connect(to: listener.localAddress),
            ]
            try await eventually { listener.statistics().acceptPauses > 0 }
            let (pauses, time) = (listener.statistics().acceptPauses, processorTime())
            try await EventLoop.nearest.sleep(until: .after(.milliseconds(500)))
            // 10, 20, 40 … ms: five or six pauses fit.
            #expect(listener.statistics().acceptPauses - pauses < 20)
            #expect(processorTime() - time < .milliseconds(250))
            limit.restore()
            for connection in clients {
                try await pingPong(connection)
                connection.close()
            }
            try await ping(listener)
            listener.close()
            try await serving.value
        }
    }

    @Test func doesNotSpinPastItsDeadlineWithoutDescriptors() async {
        await #expect(processExitsWith: .success) {
            try await Task.sleep(for: .milliseconds(1))
            let listener = try StreamListener.listen(on: .v4(.loopback, port: 0))
            let client = try await client(of: listener)
            let limit = try DescriptorLimit.lower(to: try entries(of: "/proc/self/fd").count - 2)
            let serving = Task {
                await expect(.deadlinePassed) {
                    try await withDeadline(.after(.milliseconds(30))) {
                        try await listener.serve(echo)
                    }
                }
            }
            _ = await serving.value
            #expect(listener.statistics().acceptPauses < 20)
            limit.restore()
            client.close()
            listener.close()
        }
    }

    // MARK: Fairness

    @Test func servesTheOthersWhileOneFloods() async throws {
        let loops = try EventLoopGroup(count: 1)
        let listener = try StreamListener.listen(on: .v4(.loopback, port: 0), loops: loops)
        let serving = Task { try await listener.serve(echo) }
        // Clients on loops of their own, so that only the server's is contended.
        let theirs = try EventLoopGroup(count: 2)
        let address = listener.localAddress
        let flooding = Task {
            let flood = try await StreamSocket.create(.ipv4, loops: theirs).connect(to: address)
            async let sending: Void = {
                while !Task.isCancelled {
                    try await flood.send([UInt8](repeating: 1, count: 1 << 20))
                }
            }()
            var buffer = ByteBuffer()
            while try await flood.receive(into: &buffer) > 0 { buffer.clear() }
            try await sending
        }
        let other = try await StreamSocket.create(.ipv4, loops: theirs).connect(to: address)
        let received = { listener.loops.loops[0].statistics().events }
        let before = received()
        try await eventually { received() > before + 10 }
        for _ in 0..<50 {
            try await withDeadline(.after(.seconds(5))) { try await pingPong(other) }
        }
        other.close()
        flooding.cancel()
        _ = await flooding.result
        serving.cancel()
        try await serving.value
        listener.close()
    }
}

@Sendable private func echo(_ connection: StreamConnection) async throws {
    var buffer = ByteBuffer()
    while try await connection.receive(into: &buffer) > 0 { try await connection.send(&buffer) }
}

private func pingPong(_ connection: StreamConnection) async throws {
    try await connection.send("hello")
    let answer = try await ByteReader(connection).bytes(exactly: 5)
    #expect(answer == Array("hello".utf8))
}

private func ping(_ listener: StreamListener) async throws {
    let connection = try await client(of: listener)
    defer { connection.close() }
    try await pingPong(connection)
    try await connection.finish()
    #expect(try await receiveAll(connection) == [])
}

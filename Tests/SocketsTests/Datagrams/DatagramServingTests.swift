import Sockets
import SocketsTesting
import Testing

@Suite("A group of sockets on one port")
struct DatagramServingTests {
    @Test func everyLoopHasASocketOfThePortAndAllAnswer() async throws {
        let loops = try EventLoopGroup(count: 3)
        let bound = Shared<[(SocketAddress, String, Bool)]>([])
        let serving = Task {
            try await DatagramSocket.serve(on: "udp://127.0.0.1:0", loops: loops) { socket in
                let isAtHome = EventLoop.current === socket.loop
                bound.withLock { $0.append((socket.localAddress, socket.loop.name, isAtHome)) }
                var memory = [UInt8](repeating: 0, count: 100)
                while true {
                    let datagram = try await socket.receive(into: &memory)
                    try await socket.send(socket.loop.name, to: datagram.source)
                }
            }
        }
        try await eventually { bound.withLock { $0.count } == 3 }
        let all = bound.withLock { $0 }
        #expect(Set(all.map(\.0)).count == 1)
        #expect(Set(all.map(\.1)) == ["loop-0", "loop-1", "loop-2"])
        #expect(all.allSatisfy { $0.2 })
        var answers: Set<String> = []
        // 64 peers: that one of three sockets gets none has a chance of 3 · (2/3)^64.
        for _ in 0..<64 {
            let client = try DatagramSocket.bind(to: .v4(.loopback, port: 0))
            try await client.send("who?", to: all[0].0)
            let first = try await client.receiveText().text
            try await client.send("again?", to: all[0].0)
            #expect(try await client.receiveText().text == first, "a peer changed its socket")
            answers.insert(first)
        }
        #expect(answers == ["loop-0", "loop-1", "loop-2"])
        serving.cancel()
        await expect(.cancelled) { try await serving.value }
        // The port is free again.
        try DatagramSocket.bind(to: all[0].0).close()
    }

    @Test func aPortThatAnotherGroupHasIsRefusedUnlessAskedFor() async throws {
        let loops = try EventLoopGroup(count: 2)
        let shared: [SocketSetting] = [.set(.reusePort, to: true)]
        let other = try DatagramSocket.bind(to: .v4(.loopback, port: 0), options: shared)
        let endpoint = Endpoint(other.localAddress, isDatagram: true)
        await expect(.addressInUse) {
            try await DatagramSocket.serve(on: endpoint, loops: loops) { _ in }
        }
        let count = Shared(0)
        try await DatagramSocket.serve(on: endpoint, loops: loops, options: shared) { socket in
            count.withLock { $0 += 1 }
            #expect(socket.localAddress == other.localAddress)
        }
        #expect(count.withLock { $0 } == 2)
    }

    @Test func anErrorOfOneHandlerEndsTheOthersAndIsThrown() async throws {
        struct Failure: Error {}
        let loops = try EventLoopGroup(count: 3)
        let ended = Shared<[SocketError.Code]>([])
        let turn = Shared(0)
        await #expect(throws: Failure.self) {
            try await DatagramSocket.serve(on: "udp://127.0.0.1:0", loops: loops) { socket in
                let isFirst = turn.withLock { turn in
                    turn += 1
                    return turn == 1
                }
                if isFirst { throw Failure() }
                var memory: [UInt8] = [0]
                do throws(SocketError) {
                    _ = try await socket.receive(into: &memory)
                } catch {
                    ended.withLock { $0.append(error.code) }
                }
            }
        }
        #expect(ended.withLock { $0 } == [.cancelled, .cancelled])
    }

    @Test func unixAddressesHaveNoGroups() async throws {
        let loops = try EventLoopGroup(count: 2)
        await expect(.unsupported) {
            try await DatagramSocket.serve(on: "unix-datagram:@group", loops: loops) { _ in }
        }
    }

    @Test func nothingIsLeftBehindWheneverItIsCancelled() async {
        await #expect(processExitsWith: .success) {
            let loops = try EventLoopGroup(count: 2)
            try await withLeakCheck(loops: loops) {
                var random = SeededRandom(seed: SeededRandom.testSeed)
                for _ in 0..<200 {
                    let serving = Task {
                        try await DatagramSocket.serve(on: "udp://127.0.0.1:0", loops: loops) {
                            socket in
                            var memory: [UInt8] = [0]
                            while true { _ = try await socket.receive(into: &memory) }
                        }
                    }
                    let time = Int.random(in: 0...300_000, using: &random)
                    let end = ContinuousClock.now + .nanoseconds(time)
                    while ContinuousClock.now < end { await Task.yield() }
                    serving.cancel()
                    _ = await serving.result
                }
            }
        }
    }
}

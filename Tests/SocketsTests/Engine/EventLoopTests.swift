import Glibc
import SocketsTesting
import Testing

@testable import Sockets

@Suite("An event loop")
struct EventLoopTests {
    let loops: EventLoopGroup
    var loop: EventLoop { loops.loops[0] }

    init() throws { loops = try EventLoopGroup(count: 1) }

    @Test func runsTasksThatPreferItOnItsThread() async {
        #expect(EventLoop.current == nil)
        let loop = loop
        let current = await Task(executorPreference: loop) { EventLoop.current }.value
        #expect(current === loop)
    }

    @Test func runsMoreJobsThanItsQueueHoldsAtFirst() async {
        let sum = await withTaskExecutorPreference(loop) {
            await withTaskGroup(of: Int.self) { group in
                for number in 0..<5000 { group.addTask { number } }
                return await group.reduce(0, +)
            }
        }
        #expect(sum == 5000 * 4999 / 2)
    }

    @Test func runsJobsInTheOrderTheyCame() async {
        let order = Shared<[Int]>([])
        let loop = loop
        let tasks = (0..<1000).map { number in
            Task(executorPreference: loop) { order.withLock { $0.append(number) } }
        }
        for task in tasks { await task.value }
        #expect(order.withLock { $0 } == Array(0..<1000))
    }

    @Test func isTheExecutorOfActors() async {
        let actor = LoopActor(loop)
        #expect(await actor.currentLoop === loop)
    }

    @Test func runsAHandlerAndItsChildTasksOnTheConnectionsThread() async throws {
        let loops = try EventLoopGroup(count: 3)
        let listener = try StreamListener.listen(on: .v4(.loopback, port: 0), loops: loops)
        let serving = Task {
            try await listener.serve { connection in
                var places = [EventLoop.current === connection.loop]
                async let child = EventLoop.current === connection.loop
                places.append(await child)
                var buffer = ByteBuffer()
                while try await connection.receive(into: &buffer) > 0 {
                    places.append(EventLoop.current === connection.loop)
                    buffer.clear()
                }
                try await connection.send(places.allSatisfy { $0 } ? "yes" : "no")
            }
        }
        for _ in 0..<6 {
            try await StreamConnection.connect(to: Endpoint(listener.localAddress)) { client in
                try await client.send("x")
                try await client.finish()
                let reader = ByteReader(client)
                #expect(try await reader.line(limit: 10) == "yes")
            }
        }
        listener.close()
        try await serving.value
    }

    // MARK: Sleeping

    @Test func sleepsUntilAMomentAndNoLess() async throws {
        let begin = ContinuousClock.now
        try await loop.sleep(until: .after(.milliseconds(30)))
        #expect(ContinuousClock.now - begin >= .milliseconds(30))
        try await loop.sleep(until: .now)
        try await loop.sleep(until: .after(.seconds(-1)))
    }

    @Test func wakesSleepersInTheOrderOfTheirTimes() async throws {
        let order = Shared<[Int]>([])
        let (loop, begin) = (loop, Deadline.now.nanoseconds)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for place in [3, 1, 4, 2, 5] {
                let moment = Deadline(nanoseconds: begin + Int64(place) * 20_000_000)
                group.addTask(executorPreference: loop) {
                    try await loop.sleep(until: moment)
                    order.withLock { $0.append(place) }
                }
            }
            try await group.waitForAll()
        }
        #expect(order.withLock { $0 } == [1, 2, 3, 4, 5])
    }

    @Test func stopsSleepingWhenTheTaskIsCancelled() async {
        let loop = loop
        for executor in [loop as any TaskExecutor, globalConcurrentExecutor] {
            let sleeping = Task(executorPreference: executor) {
                await expect(.cancelled) { try await loop.sleep(until: .never) }
            }
            sleeping.cancel()
            let error = await sleeping.value
            #expect(error?.operation == .sleep)
        }
        let before = Task { [loop] in
            while !Task.isCancelled { await Task.yield() }
            await expect(.cancelled) { try await loop.sleep(until: .never) }
        }
        before.cancel()
        _ = await before.value
    }

    @Test func sleepsNoLongerThanTheTasksDeadline() async throws {
        await expect(.deadlinePassed) {
            try await withDeadline(.after(.milliseconds(20))) {
                try await loop.sleep(until: .never)
            }
        }
        // A moment before the deadline is slept through.
        try await withDeadline(.after(.seconds(60))) {
            try await loop.sleep(until: .after(.milliseconds(5)))
        }
    }

    @Test func letsTheOthersGoFirstWhenItYields() async {
        let order = Shared<[String]>([])
        let loop = loop
        await withTaskExecutorPreference(loop) {
            await withDiscardingTaskGroup { group in
                group.addTask {
                    order.withLock { $0.append("first") }
                    await loop.yield()
                    order.withLock { $0.append("last") }
                }
                group.addTask { order.withLock { $0.append("other") } }
            }
        }
        #expect(order.withLock { $0 } == ["first", "other", "last"])
    }
}

private actor LoopActor {
    private let loop: EventLoop

    init(_ loop: EventLoop) { self.loop = loop }

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe loop.asUnownedSerialExecutor()
    }

    var currentLoop: EventLoop? { EventLoop.current }
}

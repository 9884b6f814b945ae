import Glibc
import SocketsTesting
import Testing

@testable import Sockets

@Suite("A group of event loops")
struct EventLoopGroupTests {
    @Test func handsItsLoopsOutInTurn() throws {
        let loops = try EventLoopGroup(count: 3)
        let names = (0..<7).map { _ in loops.next().name }
        #expect(names == ["loop-0", "loop-1", "loop-2", "loop-0", "loop-1", "loop-2", "loop-0"])
    }

    @Test func countsWhatItsLoopsDo() async throws {
        let loops = try EventLoopGroup(count: 1)
        let loop = loops.next()
        #expect(loop.statistics().name == "loop-0")
        #expect(loop.statistics().backend == "epoll")
        let before = loop.statistics()
        let (a, b) = try StreamConnection.pair(loops: loops)
        let receiving = Task {
            var buffer = ByteBuffer()
            return try await a.receive(into: &buffer)
        }
        try await eventually { loop.statistics().registeredSockets == 1 }
        try await b.send("x")
        #expect(try await receiving.value == 1)
        try await loop.sleep(until: .after(.milliseconds(1)))
        let after = loop.statistics()
        #expect(after.polls > before.polls)
        #expect(after.events > before.events)
        #expect(after.timersFired == before.timersFired + 1)
        await Task(executorPreference: loop) {}.value
        #expect(loop.statistics().jobs > before.jobs)
        a.close()
        b.close()
        try await eventually { loop.statistics().registeredSockets == 0 }
    }

    @Test func countsAJobThatHoldsALoop() async throws {
        let loops = try EventLoopGroup(count: 1, watchdogLimit: .milliseconds(20))
        let loop = loops.next()
        #expect(loop.statistics().stalls == 0)
        // Holds the thread until it was noticed: what a job must never do.
        let noticed = await Task(executorPreference: loop) {
            let end = ContinuousClock.now + .seconds(10)
            while loop.statistics().stalls == 0, ContinuousClock.now < end { sched_yield() }
            return loop.statistics().stalls
        }.value
        #expect(noticed == 1)
        #expect(loop.statistics().stalls == 1)
    }

    @Test func doesNotTakeAnIdleLoopForAStuckOne() async throws {
        let loops = try EventLoopGroup(count: 1, watchdogLimit: .milliseconds(100))
        try await loops.next().sleep(until: .after(.milliseconds(400)))
        #expect(loops.next().statistics().stalls == 0)
    }

    /// Each in a process of its own: threads belong to the whole process.
    @Test func endsItsThreadsWhenItIsGone() async {
        await #expect(processExitsWith: .success) {
            let before = try threadCount(named: "loop-")
            for _ in 0..<3 {
                let loops = try EventLoopGroup(count: 4)
                // A thread gives itself its name.
                try await eventually { try threadCount(named: "loop-") == before + 4 }
                // Used once, so that its loops have had sockets and tasks.
                let (a, b) = try StreamConnection.pair(loops: loops)
                try await a.send("x")
                var buffer = ByteBuffer()
                _ = try await b.receive(into: &buffer)
                a.close()
                b.close()
            }
            try await eventually { try threadCount(named: "loop-") == before }
            try await eventually { try threadCount(named: "watchdog") == 0 }
        }
    }

    @Test func leavesNothingBehindWhenItCannotBeMade() async {
        await #expect(processExitsWith: .success) {
            // The runtime's own descriptors first.
            try await Task.sleep(for: .milliseconds(1))
            let threads = try threadCount(named: "loop-")
            let limit = try DescriptorLimit.lower(to: 40)
            let error = await expect(.descriptorLimit) { _ = try EventLoopGroup(count: 60) }
            #expect(error?.operation == .createLoop)
            // The descriptors are there again, and the threads gone.
            try await eventually { (try? EventLoopGroup(count: 5)) != nil }
            limit.restore()
            try await eventually { try threadCount(named: "loop-") == threads }
        }
    }

    @Test func listensToTheEnvironmentsNumberOfLoops() async {
        await #expect(processExitsWith: .success) {
            unsafe setenv("SOCK_LOOPS", "3", 1)
            #expect(EventLoopGroup.shared.loops.count == 3)
        }
    }
}

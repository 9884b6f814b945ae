import Testing

@testable import Sockets

struct DoorbellTests {
    @Test func aRingBeforeTheWaitEndsItAtOnceAndOnlyOnce() async throws {
        let bell = Doorbell()
        bell.ring()
        bell.ring()
        #expect(try await bell.wait(until: .never))
        #expect(try await bell.wait(until: .after(.milliseconds(1))) == false)
    }

    @Test func aRingFromAnywhereEndsTheWait() async throws {
        let bell = Doorbell()
        for _ in 0..<1000 {
            async let hasRung = bell.wait(until: .after(.seconds(20)))
            bell.ring()
            #expect(try await hasRung)
        }
    }

    @Test func aCancelledWaitIsOver() async {
        let bell = Doorbell()
        let task = Task { try await bell.wait(until: .never) }
        task.cancel()
        let error = await #expect(throws: SocketError.self) { try await task.value }
        #expect(error?.code == .cancelled)
    }

    @Test func theTasksOwnDeadlineCountsToo() async throws {
        let bell = Doorbell()
        let hasRung = try await withDeadline(.after(.milliseconds(1))) { () throws(SocketError) in
            try await bell.wait(until: .never)
        }
        #expect(!hasRung)
    }
}

import SocketsTesting
import Testing

@testable import Sockets

@Suite struct LargeTaskGroupTests {
    @Test func allAreRunAndWaitedFor() async throws {
        let loop = EventLoopGroup.shared.next()
        let count = 3 * TaskPart.size + 1
        let ended = Lock(0)
        await withLargeTaskGroup(on: loop) { group in
            for _ in 0..<count {
                let place = group.takePlace()
                group.addTask(at: place, on: loop) {
                    await Task.yield()
                    ended.withLock { $0 += 1 }
                    place.leave()
                }
            }
        }
        #expect(ended.withLock { $0 } == count)
    }

    @Test func theyRunWhereTheyWantTo() async throws {
        let loops = try EventLoopGroup(count: 2)
        let places = Lock<Set<Int>>([])
        await withLargeTaskGroup(on: loops.next()) { group in
            for number in 0..<4 {
                let (place, loop) = (group.takePlace(), loops.next())
                group.addTask(at: place, on: loop) {
                    if EventLoop.current === loop { _ = places.withLock { $0.insert(number) } }
                    place.leave()
                }
            }
        }
        #expect(places.withLock { $0 } == [0, 1, 2, 3])
    }

    @Test func cancellingReachesEveryPart() async throws {
        let loop = EventLoopGroup.shared.next()
        let count = 2 * TaskPart.size + 1
        let begun = Lock(0)
        let cancelled = Lock(0)
        await withLargeTaskGroup(on: loop) { group in
            for _ in 0..<count {
                let place = group.takePlace()
                group.addTask(at: place, on: loop) {
                    begun.withLock { $0 += 1 }
                    let wake = await Signal(on: loop).wait(until: .after(.seconds(60)))
                    if wake == .cancelled { cancelled.withLock { $0 += 1 } }
                    place.leave()
                }
            }
            while begun.withLock({ $0 }) < count { await Task.yield() }
            group.cancelAll()
            // Who comes too late is cancelled from the beginning.
            let place = group.takePlace()
            group.addTask(at: place, on: loop) {
                if Task.isCancelled { cancelled.withLock { $0 += 1 } }
                place.leave()
            }
        }
        #expect(cancelled.withLock { $0 } == count + 1)
    }

    @Test func placesAreTakenAgain() async throws {
        let loop = EventLoopGroup.shared.next()
        await withLargeTaskGroup(on: loop) { group in
            for _ in 0..<10 * TaskPart.size {
                let (place, left) = (group.takePlace(), Signal(on: loop))
                #expect(place.number == 0)
                group.addTask(at: place, on: loop) {
                    place.leave()
                    left.set()
                }
                _ = await left.wait(until: .never)
            }
        }
    }
}

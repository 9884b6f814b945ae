import Testing

@testable import Sockets

@Suite("A gate")
struct GateTests {
    @Test func letsOneOperationInAndRefusesASecond() {
        let gate = Gate()
        #expect(gate.enter() == .ready)
        #expect(gate.enter() == .busy)
        #expect(gate.leave(ready: true) == false)
        #expect(gate.enter() == .ready)
    }

    @Test func remembersWhetherTheNextCallIsLikelyToSucceed() {
        let gate = Gate()
        _ = gate.enter()
        _ = gate.leave(ready: false)
        #expect(gate.enter() == .notReady)
        _ = gate.leave(ready: false)
        gate.becomeReady(hangUp: false).resume()
        #expect(gate.enter() == .ready)
    }

    @Test func losesNoEventThatArrivesDuringTheCall() {
        let gate = Gate()
        _ = gate.enter()
        gate.becomeReady(hangUp: false).resume()
        _ = gate.leave(ready: false)
        #expect(gate.enter() == .ready)
    }

    @Test func isAlwaysReadyAfterAHangUpUntilItIsForgotten() {
        let gate = Gate()
        gate.becomeReady(hangUp: true).resume()
        for _ in 0..<3 {
            #expect(gate.enter() == .ready)
            _ = gate.leave(ready: false)
        }
        gate.forgetHangUp()
        #expect(gate.enter() == .notReady)
    }

    /// The peer finishes between a call that would block and what is done about it: the receive
    /// after that takes the last bytes, and the one after finds the end without waiting.
    @Test func remembersAHangUpThatCameAfterTheCall() {
        let gate = Gate()
        #expect(gate.enter() == .ready)
        gate.becomeReady(hangUp: true).resume()
        gate.forgetHangUp()
        #expect(gate.look() == .ready)
        _ = gate.leave(ready: false)
        #expect(gate.enter() == .ready)
    }

    @Test func refusesEverybodyOnceItIsClosed() {
        let gate = Gate()
        #expect(gate.close().busy == false)
        #expect(gate.enter() == .closed)
        gate.becomeReady(hangUp: true).resume()
        #expect(gate.enter() == .closed)
    }

    @Test func tellsTheOperationInsideThatItMustReleaseTheDescriptor() {
        let gate = Gate()
        _ = gate.enter()
        #expect(gate.close().busy == true)
        #expect(gate.look() == .closed)
        #expect(gate.leave(ready: true) == true)
    }

    @Test func wakesTheWaiterOnceWhateverHappens() async {
        for event in [Event.ready, .taken, .closed] {
            let gate = SharedGate()
            _ = gate.gate.enter()
            let waiting = Task { await gate.wait() }
            await gate.untilPublished()
            switch event {
            case .ready: gate.gate.becomeReady(hangUp: false).resume()
            case .taken: gate.gate.takeWaiter().resume()
            case .closed: gate.gate.close().waiter.resume()
            }
            // Nobody is there any more, so these resume nobody a second time.
            gate.gate.takeWaiter().resume()
            gate.gate.becomeReady(hangUp: false).resume()
            #expect(await waiting.value)
        }
    }

    @Test func doesNotLetAnybodySleepAfterAnEvent() async {
        let ready = SharedGate()
        _ = ready.gate.enter()
        ready.gate.becomeReady(hangUp: false).resume()
        #expect(await !ready.wait())
        #expect(ready.gate.look() == .ready)
        #expect(ready.gate.look() == .nothing)

        let closed = SharedGate()
        _ = closed.gate.enter()
        _ = closed.gate.close()
        #expect(await !closed.wait())
    }

    private enum Event {
        case ready
        case taken
        case closed
    }
}

/// A gate that tasks share.
private final class SharedGate: Sendable {
    let gate = Gate()
    private let published = Lock(false)

    /// Sleeps as the operation inside; false when the gate refused that.
    func wait() async -> Bool {
        var slept = false
        await unsafe withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
            slept = unsafe gate.publish(continuation)
            if slept { published.withLock { $0 = true } } else { unsafe continuation.resume() }
        }
        return slept
    }

    func untilPublished() async {
        while !published.withLock({ $0 }) { await Task.yield() }
    }
}

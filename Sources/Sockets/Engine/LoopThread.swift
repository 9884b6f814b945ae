internal import CLinux
internal import Synchronization

/// The thread of a loop: run what is ready, look at requests and timers, wait for events.
extension EventLoop {
    /// Jobs run before the next look at the poller.
    ///
    /// Arbitrary: large enough that the poll is amortised, small enough that an event never waits
    /// long.
    private static let jobsPerTurnLimit = 256

    /// How often a loop whose group is gone looks whether it may end, in nanoseconds.
    ///
    /// Arbitrary.
    private static let stoppingInterval: Int64 = 100_000_000

    /// Starts the thread, which owns one reference and ends when it is the last.
    func start() throws(SocketError) {
        // Taken back by the thread, or right here when there is none.
        let reference = unsafe Unmanaged.passRetained(self)
        do throws(SocketError) {
            try System.startThread(named: name) {
                var loop = unsafe reference.takeRetainedValue()
                unsafe clinux_set_loop_of_this_thread(reference.toOpaque())
                repeat { loop.run() } while !isKnownUniquelyReferenced(&loop)
                clinux_set_loop_of_this_thread(nil)
            }
        } catch {
            unsafe reference.release()
            throw error
        }
    }

    /// One turn after the other, until the loop is to stop and is idle.
    private func run() {
        let executor = unsafe asUnownedTaskExecutor()
        let serial = unsafe asUnownedSerialExecutor()
        while true {
            var budget = Self.jobsPerTurnLimit
            while budget > 0, let job = unsafe own.pointee.ready.popFirst() {
                counters.jobs.add()
                if job.isIsolated {
                    unsafe job.job.runSynchronously(on: serial)
                } else {
                    unsafe job.job.runSynchronously(on: executor)
                }
                budget -= 1
            }
            releaseRetired()
            if hasRequests.load(ordering: .acquiring) { handleRequests() }
            if unsafe own.pointee.timers.count > 0 { fireTimers() }
            let stopping = isStopping.load(ordering: .relaxed)
            poll(stopping: stopping)
            resumeYielded()
            if stopping, unsafe own.pointee.ready.count == 0 && own.pointee.timers.count == 0 {
                return
            }
        }
    }

    private func poll(stopping: Bool) {
        var timeout: Int64? = 0
        let mayWait = unsafe own.pointee.ready.count == 0 && own.pointee.yielded.isEmpty
        if mayWait {
            timeout = stopping ? Self.stoppingInterval : nil
            if let next = unsafe own.pointee.timers.nextTime {
                let wait = max(0, next - MonotonicTime.now)
                timeout = min(timeout ?? wait, wait)
            }
            isAsleep.store(true, ordering: .sequentiallyConsistent)
            // A request that came before "asleep" was set would not have woken the poller.
            if hasRequests.load(ordering: .sequentiallyConsistent) { timeout = 0 }
        }
        var isMarkedAsleep = mayWait
        unsafe poller.poll(timeout: timeout) { token, readiness in
            counters.events.add()
            // Pumps work right here: nobody need wake the loop, and the watchdog looks.
            if isMarkedAsleep {
                isMarkedAsleep = false
                isAsleep.store(false, ordering: .relaxed)
            }
            // A registered socket keeps itself alive until it was retired, which happens between
            // polls, so the token names it for the whole batch.
            unsafe Unmanaged<PolledSocket>.fromOpaque(token)._withUnsafeGuaranteedRef {
                $0.handle(readiness)
            }
        }
        counters.polls.add()
        if isMarkedAsleep { isAsleep.store(false, ordering: .relaxed) }
    }

    private func handleRequests() {
        hasRequests.store(false, ordering: .sequentiallyConsistent)
        unsafe inbox.swap(with: &own.pointee.requests)
        for request in unsafe own.pointee.requests {
            switch request {
            case .job(let job): unsafe own.pointee.ready.append(job)
            case .wake(let socket): socket.wakeWaiters()
            case .arm(let socket): socket.armTimers()
            case .retire(let socket): unsafe own.pointee.retired.append(socket)
            case .armTimer(let timer, let time): unsafe own.pointee.timers.arm(timer, at: time)
            case .fireTimer(let timer):
                unsafe own.pointee.timers.disarm(timer)
                timer.fire(on: self)
            }
        }
        unsafe own.pointee.requests.removeAll(keepingCapacity: true)
    }

    private func fireTimers() {
        let now = MonotonicTime.now
        while let timer = unsafe own.pointee.timers.popDue(now: now) {
            counters.timersFired.add()
            timer.fire(on: self)
        }
    }

    private func releaseRetired() {
        guard unsafe !own.pointee.retired.isEmpty else { return }
        for socket in unsafe own.pointee.retired { socket.retire() }
        unsafe own.pointee.retired.removeAll(keepingCapacity: true)
    }

    private func resumeYielded() {
        guard unsafe !own.pointee.yielded.isEmpty else { return }
        // Swapped, not copied: both arrays keep their memory.
        unsafe swap(&own.pointee.yielded, &own.pointee.resuming)
        for index in unsafe own.pointee.resuming.indices {
            unsafe own.pointee.resuming[index].resume()
        }
        unsafe own.pointee.resuming.removeAll(keepingCapacity: true)
    }
}

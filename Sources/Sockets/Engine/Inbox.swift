/// What other threads ask of a loop.
enum LoopRequest {
    /// Run a job.
    case job(LoopJob)
    /// Let the waiters of a socket look at the world again (a task was cancelled).
    case wake(PolledSocket)
    /// See to it that the waiters of a socket look again at their deadlines.
    case arm(PolledSocket)
    /// The socket is closed: drop what the loop holds of it.
    case retire(PolledSocket)
    /// Arm a timer at a time, in nanoseconds of the monotonic clock.
    case armTimer(LoopTimer, Int64)
    /// Let a timer fire now: what it waited for was cancelled.
    case fireTimer(LoopTimer)
}

/// The requests of other threads, in order: two arrays that are swapped, so that the loop works on
/// one without the lock while the others fill the other, and nothing is allocated in the long run.
struct Inbox: ~Copyable, Sendable {
    private let requests = Lock<[LoopRequest]>([])

    /// True when the inbox was empty, and the loop may have to be woken.
    func append(_ request: LoopRequest) -> Bool {
        requests.withLock { requests in
            requests.append(request)
            return requests.count == 1
        }
    }

    /// Swaps the waiting requests with an empty array.
    func swap(with empty: inout [LoopRequest]) {
        requests.withLock { requests in Swift.swap(&requests, &empty) }
    }
}

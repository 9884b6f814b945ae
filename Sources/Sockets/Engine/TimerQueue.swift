/// Something a loop does at a time.
///
/// Owned by whoever set it; the queue keeps it while it is armed. Touched by the loop's own thread
/// only.
package class LoopTimer {
    /// Nanoseconds of the monotonic clock.
    fileprivate(set) var time: Int64 = .max
    /// Where it stands in the heap, -1 when it is not armed.
    fileprivate var index = -1

    var isArmed: Bool { index >= 0 }

    /// Called on the loop's thread when the time has come.
    func fire(on loop: EventLoop) {}
}

/// The timers of one loop: a binary heap in which every timer knows its place, so that one can be
/// taken out before its time without a search.
///
/// Used by the loop's own thread only.
struct TimerQueue: ~Copyable {
    private var heap: [LoopTimer] = []

    var count: Int { heap.count }

    /// When the next timer is due, in nanoseconds of the monotonic clock.
    var nextTime: Int64? { heap.first?.time }

    /// Arms a timer, or moves one that is armed.
    mutating func arm(_ timer: LoopTimer, at time: Int64) {
        timer.time = time
        if timer.index < 0 {
            timer.index = heap.count
            heap.append(timer)
        }
        siftUp(timer.index)
        siftDown(timer.index)
    }

    /// Takes a timer out; nothing happens if it is not armed.
    mutating func disarm(_ timer: LoopTimer) {
        let index = timer.index
        guard index >= 0 else { return }
        timer.index = -1
        let last = heap.removeLast()
        guard last !== timer else { return }
        heap[index] = last
        last.index = index
        siftUp(index)
        siftDown(last.index)
    }

    /// The next timer whose time has come.
    mutating func popDue(now: Int64) -> LoopTimer? {
        guard let first = heap.first, first.time <= now else { return nil }
        disarm(first)
        return first
    }

    private mutating func siftUp(_ start: Int) {
        var index = start
        let timer = heap[index]
        while index > 0 {
            let parent = (index - 1) / 2
            guard heap[parent].time > timer.time else { break }
            place(heap[parent], at: index)
            index = parent
        }
        place(timer, at: index)
    }

    private mutating func siftDown(_ start: Int) {
        var index = start
        let timer = heap[index]
        while true {
            var child = index * 2 + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, heap[child + 1].time < heap[child].time { child += 1 }
            guard heap[child].time < timer.time else { break }
            place(heap[child], at: index)
            index = child
        }
        place(timer, at: index)
    }

    private mutating func place(_ timer: LoopTimer, at index: Int) {
        heap[index] = timer
        timer.index = index
    }
}

import DequeModule

/// What waits in a stream's queue to be written.
enum QueuedItem: Sendable {
    case message(SendID, payload: [UInt8], expiry: SessionInstant?, endsFlow: Bool)
    case gap(count: UInt64, cause: SessionCode, place: [UInt8])
    case end(SessionCode, detail: [UInt8])

    /// Credit it will use once written.
    var charge: UInt64 {
        switch self {
        case .message(_, let payload, _, _): UInt64(payload.count + Rule.messageCharge)
        case .gap, .end: UInt64(Rule.messageCharge)
        }
    }
}

/// The flow out of this end.
struct Outgoing: Sendable {
    /// Not written yet.
    var queue: Deque<QueuedItem> = []
    /// Credit that the queue will need: a measure of its memory.
    var queuedCharge: UInt64 = 0
    /// Values that wait, of a state.
    var values = ValueQueue()
    /// Written, not settled, in the order of their numbers.
    var records: Deque<SentRecord> = []
    /// Credit in use.
    var usedCharge: UInt64 = 0
    /// The next number to be written.
    var nextNumber: UInt64 = 0
    /// How much of the queue's first message has been written, if some but not all.
    var writtenSize = 0
    /// The first item of the queue is written in part.
    var isPartial = false
    /// The application has ended it.
    var isFinished = false
    /// The end has been written.
    var isEndWritten = false
    /// Datagrams that wait for the next output.
    var datagrams: Deque<QueuedItem> = []
    /// The next datagram's number.
    var nextDatagram: UInt64 = 0

    /// Numbers that are settled: all below.
    var settledCount: UInt64 { records.first?.number ?? nextNumber }

    /// Numbers whose frames are all written.
    var completeCount: UInt64 { isPartial ? nextNumber - 1 : nextNumber }

    /// Nothing is left to happen.
    var isDone: Bool { isEndWritten && records.isEmpty && datagrams.isEmpty }

    /// The record that holds a number, by bisection.
    func recordIndex(holding number: UInt64) -> Int? {
        var low = 0
        var high = records.count
        while low < high {
            let middle = (low + high) / 2
            if records[middle].number + records[middle].count <= number {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low < records.count && records[low].number <= number ? low : nil
    }

    /// The record of a send.
    ///
    /// Its messages are in order of sending, gaps and ends between them.
    func recordIndex(of send: SendID) -> Int? {
        records.firstIndex {
            if case .message(send) = $0.content { true } else { false }
        }
    }

    /// The place in the queue of a send.
    func queueIndex(of send: SendID) -> Int? {
        queue.firstIndex {
            if case .message(send, _, _, _) = $0 { true } else { false }
        }
    }
}

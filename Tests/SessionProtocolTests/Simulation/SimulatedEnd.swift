@testable import SessionProtocol

/// One end of one session, with an application that does this and that.
final class SimulatedEnd {
    struct Reader {
        let kind: StreamKind
        let isCall: Bool
        var nextNumber: UInt64 = 0
        var lastID = -1
        var lastOfKey: [UInt8: Int] = [:]
    }

    let number: Int
    var machine: SessionMachine
    let clock: SimulatedClock
    var readers: [StreamID: Reader] = [:]
    /// Streams to send on, with their kind.
    var writers: [(id: StreamID, kind: StreamKind)] = []
    var sends: [SendID: Int] = [:]
    /// Sends without receipt, by stream.
    var open: [SendID: StreamID] = [:]
    /// Epochs of connections to be closed.
    var closedEpochs: [UInt64] = []
    var isOver = false
    /// Broken on purpose: every tenth message it takes is lost.
    var forgets = false

    init(_ number: Int, _ machine: SessionMachine, _ clock: SimulatedClock) {
        self.number = number
        self.machine = machine
        self.clock = clock
    }

    /// Hears what the session says.
    func drainEvents(_ oracle: inout Oracle) {
        while let event = machine.nextEvent() {
            switch event {
            case .attached(_, let isResumed, _):
                if isResumed { oracle.noteResume() }
            case .detached(let epoch, _): closedEpochs.append(epoch)
            case .draining, .readable, .writable: break
            case .opened(let stream, let kind, _, _):
                readers[stream] = Reader(kind: kind, isCall: kind == .call)
            case .receipt(let stream, let send, let receipt):
                guard let id = sends[send] else {
                    oracle.fail("a receipt for nothing: \(send) of \(stream)")
                    continue
                }
                open[send] = nil
                oracle.receipt(id, receipt)
            case .reset(let stream, _):
                readers[stream] = nil
                writers.removeAll { $0.id == stream }
            case .closed(let stream):
                readers[stream] = nil
                writers.removeAll { $0.id == stream }
                if open.values.contains(stream) {
                    oracle.fail("stream \(stream) closed without all receipts")
                }
            case .ended(let ending):
                isOver = true
                if case .violation(let violation) = ending { oracle.fail("\(violation)") }
                if case .fault(let code, let text) = ending { oracle.fail("fault \(code) \(text)") }
                if !open.isEmpty { oracle.fail("the session ended without all receipts") }
            }
        }
    }
}

/// A clock with an offset of its own that goes a little wrong.
struct SimulatedClock {
    let offset: UInt64
    /// Millionths it goes fast.
    let drift: Int64

    func reading(_ time: UInt64) -> UInt64 {
        offset + UInt64(Int64(time) + Int64(time) / 1_000_000 * drift)
    }

    func instant(_ time: UInt64) -> SessionInstant {
        SessionInstant(microseconds: reading(time))
    }
}

import Sockets
import SocketsTesting
import Synchronization

/// One rule of the datagram contract, broken on purpose.
enum DatagramFault: String, CaseIterable, Sendable, CustomStringConvertible {
    case swapsBytes
    case cutsLargeOnes
    case joinsTwo
    case hidesTruncation
    case keepsTheRestOfACutOne
    case dropsEmptyOnes
    case takesEmptyForTheEnd
    case dropsOversize
    case doubles
    case reorders
    case queuesSecondReceivers
    case queuesSecondSenders
    case ignoresDeadlines
    case ignoresCancellation
    case losesOnCancellation
    case losesAtDeadlines
    case sendsWhatItSaysFailed
    case dropsWhenFull
    case losesAtClosing
    case worksOnAfterClosing

    var description: String { rawValue }

    /// Words of the rules of which one finds it.
    var rules: [String] {
        switch self {
        // What it dropped is missed by whichever rule counts first.
        case .dropsWhenFull:
            ["two directions", "waits for the receiver", "closed has sent nothing"]
        // What it goes on sending may be in the way of the next send.
        case .sendsWhatItSaysFailed: ["sends, exactly those", "waits for the receiver"]
        default: [rule]
        }
    }

    private var rule: String {
        switch self {
        case .swapsBytes, .ignoresDeadlines: "a deadline ends"
        case .doubles: "cancelled task takes nothing"
        case .cutsLargeOnes: "every size"
        case .joinsTwo, .reorders: "borders of datagrams"
        case .hidesTruncation, .keepsTheRestOfACutOne: "larger than the memory"
        case .dropsEmptyOnes, .takesEmptyForTheEnd: "no bytes"
        case .dropsOversize: "beyond the limit"
        case .queuesSecondReceivers: "of two receives"
        case .queuesSecondSenders: "of two sends"
        case .ignoresCancellation: "cancellation ends"
        case .losesOnCancellation: "cancellation racing a receive"
        case .losesAtDeadlines: "deadline racing a receive"
        case .sendsWhatItSaysFailed: "sends, exactly those"
        case .dropsWhenFull: "waits for the receiver"
        case .losesAtClosing, .worksOnAfterClosing: "closed has sent nothing"
        }
    }
}

/// A datagram transport with a fault, over one in memory.
final class MutantDatagrams: DatagramTransport {
    private let base: InMemoryDatagrams
    private let fault: DatagramFault
    private let state = State()
    private let isClosed: Flag
    private let isPeerClosed: Flag

    private final class Flag: Sendable { let value = Atomic<Bool>(false) }

    private actor State {
        var held: [[UInt8]] = []
        func hold(_ bytes: [UInt8]) { held.append(bytes) }
        func takeHeld() -> [UInt8]? { held.isEmpty ? nil : held.removeFirst() }
    }

    static let sizeLimit = 10_000

    private init(
        _ base: InMemoryDatagrams,
        _ fault: DatagramFault,
        _ isClosed: Flag,
        _ isPeerClosed: Flag
    ) {
        self.base = base
        self.fault = fault
        self.isClosed = isClosed
        self.isPeerClosed = isPeerClosed
    }

    static func pair(_ fault: DatagramFault) -> (MutantDatagrams, MutantDatagrams) {
        let (a, b) = InMemoryDatagrams.pair(capacity: 32, sizeLimit: sizeLimit)
        let (one, other) = (Flag(), Flag())
        return (MutantDatagrams(a, fault, one, other), MutantDatagrams(b, fault, other, one))
    }

    // MARK: Receiving

    func receive(into memory: inout MutableRawSpan) async throws(SocketError) -> ReceivedDatagram {
        let whole = try await next()
        let count = min(whole.count, memory.byteCount)
        unsafe memory.withUnsafeMutableBytes { unsafe $0.copyBytes(from: whole[..<count]) }
        if fault == .keepsTheRestOfACutOne, count < whole.count {
            await state.hold(Array(whole[count...]))
        }
        let size = fault == .hidesTruncation ? count : whole.count
        return ReceivedDatagram(source: .unix(.unnamed), count: count, size: size)
    }

    private func next() async throws(SocketError) -> [UInt8] {
        if fault == .keepsTheRestOfACutOne, let rest = await state.takeHeld() { return rest }
        let base = base
        switch fault {
        case .ignoresDeadlines:
            let task = Task.detached { await base.outcome() }
            return try await withTaskCancellationHandler {
                await task.value
            } onCancel: {
                task.cancel()
            }.get()
        case .ignoresCancellation:
            let deadline = Deadline.current
            return try await Task.detached {
                await withDeadline(deadline) { await base.outcome() }
            }.value.get()
        case .queuesSecondReceivers:
            while true {
                let outcome = await base.outcome()
                guard case .failure(let error) = outcome, error.code == .busy else {
                    return try outcome.get()
                }
                await Task.yield()
            }
        default: return try await altered(base.outcome())
        }
    }

    private func altered(
        _ outcome: Result<[UInt8], SocketError>
    ) async throws(SocketError) -> [UInt8] {
        var bytes = try outcome.get()
        switch fault {
        case .swapsBytes where bytes.count > 2: bytes.swapAt(0, 1)
        case .takesEmptyForTheEnd where bytes.isEmpty:
            throw SocketError(.unexpectedEnd, in: .receive)
        case .dropsEmptyOnes where bytes.isEmpty: return try await next()
        case .losesAtClosing where isPeerClosed.value.load(ordering: .acquiring):
            return try await next()
        case .losesOnCancellation:
            await Task.yield()
            if Task.isCancelled { throw SocketError(.cancelled, in: .receive) }
        case .losesAtDeadlines:
            await Task.yield()
            if Deadline.current.hasPassed { throw SocketError(.deadlinePassed, in: .receive) }
        default: break
        }
        return bytes
    }

    // MARK: Sending

    func send(_ bytes: RawSpan) async throws(SocketError) {
        let datagram = unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }
        switch fault {
        case .cutsLargeOnes where datagram.count > 1000:
            try await base.send(Array(datagram[..<1000]))
            try await base.send(Array(datagram[1000...]))
        case .dropsOversize where datagram.count > Self.sizeLimit: return
        case .doubles:
            try await base.send(datagram)
            try await base.send(datagram)
        case .joinsTwo, .reorders: try await sendLate(datagram)
        case .queuesSecondSenders: try await sendUnlessBusy(datagram)
        case .sendsWhatItSaysFailed where datagram.count <= Self.sizeLimit:
            if Task.isCancelled { throw SocketError(.cancelled, in: .send) }
            let sending = Task.detached { [base] in try? await base.send(datagram) }
            await Task.yield()
            if Task.isCancelled { throw SocketError(.cancelled, in: .send) }
            if Deadline.current.hasPassed { throw SocketError(.deadlinePassed, in: .send) }
            await sending.value
        case .dropsWhenFull:
            let deadline = Deadline.after(.microseconds(200))
            do throws(SocketError) {
                try await withDeadline(deadline) { () async throws(SocketError) in
                    try await base.send(datagram)
                }
            } catch {
                if error.code != .deadlinePassed || Deadline.current.hasPassed { throw error }
            }
        case .worksOnAfterClosing:
            do throws(SocketError) {
                try await base.send(datagram)
            } catch {
                if error.code != .closed { throw error }
            }
        default: try await base.send(datagram)
        }
    }

    /// Of small datagrams, holds each of a size that is a multiple of three back for the next.
    private func sendLate(_ datagram: [UInt8]) async throws(SocketError) {
        guard (16...1000).contains(datagram.count), datagram.count != 511, datagram.count != 512,
            datagram.count != 513
        else {
            return try await base.send(datagram)
        }
        if let held = await state.takeHeld() {
            if fault == .joinsTwo {
                try await base.send(held + datagram)
            } else {
                try await base.send(datagram)
                try await base.send(held)
            }
        } else if datagram.count % 3 == 0 {
            await state.hold(datagram)
        } else {
            try await base.send(datagram)
        }
    }

    private func sendUnlessBusy(_ datagram: [UInt8]) async throws(SocketError) {
        while true {
            do throws(SocketError) {
                return try await base.send(datagram)
            } catch {
                guard error.code == .busy else { throw error }
            }
            await Task.yield()
        }
    }

    func close() {
        base.close()
        isClosed.value.store(true, ordering: .releasing)
    }
}

extension InMemoryDatagrams {
    /// One whole datagram, as a value.
    fileprivate func outcome() async -> Result<[UInt8], SocketError> {
        var memory = [UInt8](repeating: 0, count: MutantDatagrams.sizeLimit)
        do throws(SocketError) {
            let datagram = try await receive(into: &memory)
            return .success(Array(memory[..<datagram.count]))
        } catch {
            return .failure(error)
        }
    }
}

import Sockets
import SocketsTesting
import Testing

/// One rule of the contract, broken on purpose.
enum Fault: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case swapsBytes
    case neverEnds
    case endsOnce
    case sendsAfterFinishing
    case queuesSecondReaders
    case interleavesWriters
    case ignoresDeadlines
    case ignoresCancellation
    case losesBytesOnCancellation
    case losesBytesAtDeadlines
    case miscountsCutSends
    case losesBytesAtClosing
    case takesClosingForTheEnd

    var testDescription: String { rawValue }

    /// Words of the rule that finds it.
    var rule: String {
        switch self {
        case .swapsBytes: "every split point"
        case .neverEnds, .endsOnce: "the end is zero bytes"
        case .sendsAfterFinishing: "sending after finishing"
        case .queuesSecondReaders: "of two receives"
        case .interleavesWriters, .miscountsCutSends: "of two sends"
        case .ignoresDeadlines: "a deadline ends a waiting receive"
        case .ignoresCancellation: "cancellation ends a waiting receive"
        case .losesBytesOnCancellation: "cancellation racing a receive"
        case .losesBytesAtDeadlines: "a deadline racing a receive"
        case .losesBytesAtClosing: "closing delivers"
        case .takesClosingForTheEnd: "closing"
        }
    }
}

/// A stream with a fault, over one in memory.
final class MutantStream: ByteStream {
    private let base: InMemoryStream
    private let fault: Fault
    private let state = State()

    private actor State {
        var hasFinished = false
        var hasEnded = false
        func finish() { hasFinished = true }
        func end() { hasEnded = true }
    }

    init(_ base: InMemoryStream, _ fault: Fault) {
        self.base = base
        self.fault = fault
    }

    static func pair(_ fault: Fault) -> (MutantStream, MutantStream) {
        let (a, b) = InMemoryStream.pair(capacity: 10_000)
        return (MutantStream(a, fault), MutantStream(b, fault))
    }

    func receive(into memory: inout MutableRawSpan) async throws(SocketError) -> Int {
        let bytes = try await receive(upTo: memory.byteCount)
        unsafe memory.withUnsafeMutableBytes { unsafe $0.copyBytes(from: bytes) }
        return bytes.count
    }

    func receive(into buffer: inout ByteBuffer) async throws(SocketError) -> Int {
        guard buffer.count < buffer.limit else { throw SocketError(.limitExceeded, in: .receive) }
        let bytes = try await receive(upTo: buffer.limit - buffer.count)
        buffer.append(bytes)
        return bytes.count
    }

    func send(_ bytes: RawSpan) async throws(SocketError) {
        if fault == .interleavesWriters { return try await sendInPieces(bytes) }
        if fault == .sendsAfterFinishing, await state.hasFinished { return }
        do throws(SocketError) {
            try await base.send(bytes)
        } catch {
            throw fault == .miscountsCutSends ? SocketError(error.code, in: .send) : error
        }
    }

    func finish() async throws(SocketError) {
        await state.finish()
        try await base.finish()
    }

    func close() { if fault == .losesBytesAtClosing { base.reset() } else { base.close() } }

    func reset() { base.reset() }

    // MARK: Faults

    private func receive(upTo limit: Int) async throws(SocketError) -> [UInt8] {
        let base = base
        switch fault {
        case .ignoresDeadlines:
            let task = Task.detached { await base.outcome(limit) }
            return try await withTaskCancellationHandler {
                await task.value
            } onCancel: {
                task.cancel()
            }.get()
        case .ignoresCancellation:
            let deadline = Deadline.current
            return try await Task.detached {
                await withDeadline(deadline) { await base.outcome(limit) }
            }.value.get()
        case .queuesSecondReaders:
            while true {
                let outcome = await base.outcome(limit)
                if case .failure(let error) = outcome, error.code == .busy {
                    await Task.yield()
                    continue
                }
                return try outcome.get()
            }
        default: return try await altered(base.outcome(limit))
        }
    }

    private func altered(
        _ outcome: Result<[UInt8], SocketError>
    ) async throws(SocketError) -> [UInt8] {
        if fault == .takesClosingForTheEnd, case .failure(let error) = outcome,
            error.code == .closed
        {
            return []
        }
        var bytes = try outcome.get()
        switch fault {
        case .swapsBytes where bytes.count > 1: bytes.swapAt(0, 1)
        case .neverEnds where bytes.isEmpty:
            while !Task.isCancelled { try? await Task.sleep(for: .seconds(1)) }
        case .endsOnce where bytes.isEmpty:
            if await state.hasEnded { throw SocketError(.notConnected, in: .receive) }
            await state.end()
        case .losesBytesOnCancellation:
            await Task.yield()
            if Task.isCancelled { throw SocketError(.cancelled, in: .receive) }
        case .losesBytesAtDeadlines:
            await Task.yield()
            if Deadline.current.hasPassed { throw SocketError(.deadlinePassed, in: .receive) }
        default: break
        }
        return bytes
    }

    private func sendInPieces(_ bytes: RawSpan) async throws(SocketError) {
        var count = 0
        repeat {
            let size = min(500, bytes.byteCount - count)
            do throws(SocketError) {
                try await base.send(bytes.extracting(count..<count + size))
                count += size
            } catch {
                guard error.code == .busy else {
                    throw SocketError(
                        error.code,
                        in: .send,
                        transferredCount: count + error.transferredCount
                    )
                }
            }
            await Task.yield()
        } while count < bytes.byteCount
    }
}

extension InMemoryStream {
    /// One receive, as a value.
    fileprivate func outcome(_ limit: Int) async -> Result<[UInt8], SocketError> {
        var buffer = ByteBuffer(limit: limit)
        do throws(SocketError) {
            _ = try await receive(into: &buffer)
            return .success(buffer.array())
        } catch {
            return .failure(error)
        }
    }
}

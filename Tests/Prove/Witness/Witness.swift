import SessionProtocol
import Sessions
import Sockets

/// One process that may be killed at any moment: it sends a log in each session and takes the other's,
/// and writes down what it hears.
final class Witness: Sendable {
    let name: String
    let records: Records
    private let sessionCount = Lock(0)
    private let isStopping = Lock(false)

    /// Messages between two pauses, and how long these may be.
    private static let burst = 1...200
    private static let longestPause = 4_000
    /// One of so many messages takes its receiver so long.
    private static let slowOne = 100
    private static let slowness = Duration.milliseconds(20)

    init(_ name: String, folder: String) throws(RecordFailure) {
        self.name = name
        records = try Records(folder, name)
    }

    /// Nothing more is sent: sessions can come to a good end.
    func stop() { isStopping.withLock { $0 = true } }

    /// A session's whole life: sends until it is over or told to stop, and takes what comes from the
    /// process `peer`.
    func live(in session: Session, with peer: String) async throws {
        let number = sessionCount.withLock { count in
            count += 1
            return count
        }
        try records.sessions.note("\(name)/\(number) begins \(session.id) \(peer)")
        // Those of them that are unsettled were handed over: at most a window, and what is kept.
        let (sends, queue) = AsyncStream.makeStream(of: (String, PendingReceipt).self)
        async let receipts: Void = writeDown(sends)
        async let taking: Void = take(from: session)
        do {
            let log = try await session.log("log")
            try await send(on: log, number, queue)
            try await log.finish()
        } catch let error as SessionError where error.kind == .ended || error.kind == .reset {}
        queue.finish()
        if session.role == .client, session.ending == nil {
            // Not with a message in hand: its sender would be told that it was not delivered.
            try await taking
            await session.close()
        }
        try await taking
        let ending = try await session.waitForEnd()
        try await receipts
        try records.sessions.note("\(name)/\(number) ends \(words(ending))")
        if session.role == .client, !isStopping.withLock({ $0 }) { throw SessionError(.ended) }
    }

    private func send(
        on log: LogSender,
        _ session: Int,
        _ queue: AsyncStream<(String, PendingReceipt)>.Continuation
    ) async throws {
        var count = 0
        while !isStopping.withLock({ $0 }) {
            for _ in 0..<Int.random(in: Self.burst) {
                let message = WitnessedMessage(name, session: session, number: count)
                queue.yield((message.name, try await log.enqueue(message.bytes)))
                count += 1
            }
            let pause = Duration.microseconds(Int.random(in: 0...Self.longestPause))
            try await log.session.loop.sleep(until: .after(pause))
        }
    }

    private func writeDown(
        _ sends: AsyncStream<(String, PendingReceipt)>
    ) async throws(RecordFailure) {
        for await (name, pending) in sends {
            try records.receipts.note("\(name) \(words(await pending.receipt()))")
        }
    }

    private func take(from session: Session) async throws(RecordFailure) {
        do {
            guard case .log(let log)? = try await session.incoming.next() else { return }
            for try await element in log.confirming {
                // Slow enough, now and then, for a receipt to be there before the record if it were sent.
                if Int.random(in: 0..<Self.slowOne) == 0 {
                    try? await session.loop.sleep(until: .after(Self.slowness))
                }
                switch element {
                case .message(let message):
                    let name = WitnessedMessage(message.bytes)?.name ?? "unknown/0/0"
                    try records.handled.note(name)
                case .gap(let gap):
                    try records.handled.note("gap/0/\(gap.count)")
                }
                if session.role == .client, isStopping.withLock({ $0 }) {
                    return log.confirming.confirm()
                }
            }
        } catch let failure as RecordFailure {
            // What cannot be written down must not be confirmed, nor wait for ever.
            session.abandon()
            throw failure
        } catch {}  // it is over; how, the session says
    }

    private func words(_ receipt: Receipt) -> String {
        switch receipt {
        case .delivered: "delivered"
        case .notDelivered(let cause): "not-delivered \(cause)"
        case .unknown(let cause): "unknown \(cause)"
        }
    }

    private func words(_ ending: SessionEnding) -> String {
        switch ending {
        case .closed: "closed"
        case .refused(let refusal): "refused \(refusal.code)"
        case .expired: "expired"
        default: "\(ending)"
        }
    }
}

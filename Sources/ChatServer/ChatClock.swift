internal import ChatCore
internal import Sockets

/// The clock of one chat: monotonic nanoseconds since it was made.
struct ChatClock: Sendable {
    private let start = ContinuousClock.now

    var now: ChatInstant { instant(of: ContinuousClock.now) }

    func deadline(_ instant: ChatInstant) -> Deadline {
        .at(start.advanced(by: .nanoseconds(instant.nanoseconds)))
    }

    private func instant(of moment: ContinuousClock.Instant) -> ChatInstant {
        // 292 years of nanoseconds fit.
        let (seconds, attoseconds) = start.duration(to: moment).components
        return ChatInstant(nanoseconds: seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}

extension ChatInstant {
    func advanced(by duration: Duration) -> ChatInstant {
        let (seconds, attoseconds) = duration.components
        let (nanoseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return ChatInstant(nanoseconds: seconds < 0 ? .min : .max) }
        return advanced(byNanoseconds: nanoseconds)
            .advanced(byNanoseconds: attoseconds / 1_000_000_000)
    }
}

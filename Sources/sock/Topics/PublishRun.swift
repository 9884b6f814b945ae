import Sessions
import Sockets

/// The publication of lines through any number of sessions.
///
/// One after the other: calls side by side may overtake each other.
final class PublishRun: Sendable {
    struct State {
        /// Read, and not published yet.
        var line: [UInt8]?
        /// Lines read so far.
        var number = 0
        var failureCount = 0
    }

    private let topic: String
    private let isRetained: Bool
    private let lines: LineInput
    private let state = Lock(State())

    init(_ topic: String, isRetained: Bool, _ lines: LineInput) {
        self.topic = topic
        self.isRetained = isRetained
        self.lines = lines
    }

    /// Publishes until the input has ended, or the session is over.
    func publish(in session: Session, _ announcer: Announcer) async throws {
        while let line = try await nextLine(announcer) {
            do throws(SessionError) {
                let position = try await session.publish(line, to: topic, isRetained: isRetained)
                announcer.tell(.topic(topic, .published(position)))
            } catch {
                try note(error, in: session, announcer)
            }
            state.withLock { $0.line = nil }
        }
        let (failures, total) = state.withLock { ($0.failureCount, $0.number) }
        if failures > 0 {
            throw Failure(.failed, "\(failures) of \(total) entries are not known to be published")
        }
    }

    /// The next line that can be an entry; those that cannot are told of, and count as failures.
    private func nextLine(_ announcer: Announcer) async throws -> [UInt8]? {
        if let line = state.withLock({ $0.line }) { return line }
        while let line = try await lines.next() {
            switch line {
            case .whole(let bytes):
                state.withLock { state in
                    state.line = bytes
                    state.number += 1
                }
                return bytes
            case .tooLong(let size):
                let number = state.withLock { state in
                    state.number += 1
                    state.failureCount += 1
                    return state.number
                }
                let reason = LineInput.Line.refusal(of: size)
                let notice = TopicNotice.unpublished(
                    line: number,
                    reason: reason,
                    code: .limit,
                    isUnknown: false
                )
                announcer.tell(.topic(topic, notice))
            }
        }
        return nil
    }

    /// Tells of a line that is not there, or may not be.
    ///
    /// - Throws: The error, where there is no going on in this session.
    private func note(
        _ error: SessionError,
        in session: Session,
        _ announcer: Announcer
    ) throws(SessionError) {
        let isNotDelivered = if case .notDelivered? = error.receipt { true } else { false }
        // It has certainly not run: the next session may try it again.
        if session.ending != nil, isNotDelivered || error.receipt == nil { throw error }
        let isUnknown = if case .unknown? = error.receipt { true } else { false }
        let number = state.withLock { state in
            state.failureCount += 1
            state.line = nil
            return state.number
        }
        let notice = TopicNotice.unpublished(
            line: number,
            reason: error.message.printable,
            code: error.code,
            isUnknown: isUnknown
        )
        announcer.tell(.topic(topic, notice))
        let isOver =
            session.ending != nil || error.kind == .cancelled || error.kind == .deadlinePassed
        if isOver { throw error }
    }
}

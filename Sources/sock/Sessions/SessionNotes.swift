import Sessions
import Sockets

/// Tells what a command's sessions go through, one after the other.
final class SessionNotes: Sendable {
    private let peer: Endpoint
    private let announcer: Announcer
    private let hasBegun = Lock(false)

    init(_ peer: Endpoint, _ announcer: Announcer) {
        self.peer = peer
        self.announcer = announcer
    }

    /// Tells what happens to a session while `body` runs.
    func watching(_ session: Session, _ body: () async throws -> Void) async throws {
        let isFirst = hasBegun.withLock { hasBegun in
            defer { hasBegun = true }
            return !hasBegun
        }
        tell(isFirst ? .begun(session.id) : .renewed(session.id))
        // Cancelled when the body has ended.
        async let _: Void = watch(session)
        try await body()
    }

    private func watch(_ session: Session) async {
        var isLost = false
        do throws(SessionError) {
            var changes = session.changes.makeAsyncIterator()
            while let change = try await changes.next() {
                switch change {
                case .attached(let isResumed):
                    // The loss may have been overtaken, and a return from nowhere would be odd.
                    if isResumed, isLost { tell(.resumed) }
                    isLost = false
                case .detached(let cause):
                    if let words = cause.words { tell(.lost(reason: words)) }
                    isLost = true
                case .draining: tell(.draining)
                case .ended: break
                }
            }
        } catch {
            // The body has ended.
        }
    }

    private func tell(_ notice: SessionNotice) { announcer.tell(.session(peer, notice)) }
}

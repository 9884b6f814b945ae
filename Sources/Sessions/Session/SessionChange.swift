public import SessionProtocol

/// What happens to a session as a whole.
public enum SessionChange: Hashable, Sendable {
    /// A connection carries it; `isResumed`: not for the first time.
    case attached(isResumed: Bool)
    /// No connection carries it; the client attaches again by itself.
    case detached(DetachCause)
    /// The server will close the connection; the client leaves, and comes back.
    case draining(Drain)
    /// It is over.
    case ended(SessionEnding)
}

/// The changes of a session, for who shows them: always the latest, never a backlog.
///
/// ```swift
/// for try await change in session.changes { print(change) }
/// ```
/// It ends after ``SessionChange/ended(_:)``. Any number of tasks may look.
public struct SessionChanges: AsyncSequence, Sendable {
    let session: Session

    /// From the present state on.
    public func makeAsyncIterator() -> Iterator { Iterator(session: session) }

    /// One who looks.
    public struct Iterator: AsyncIteratorProtocol {
        let session: Session
        private var seenCount = 0
        private var hasEnded = false

        init(session: Session) { self.session = session }

        /// The next change; changes that were overtaken by another are left out.
        ///
        /// - Throws: ``SessionError`` when the task was cancelled or its deadline passed.
        public mutating func next() async throws(SessionError) -> SessionChange? {
            if hasEnded { return nil }
            let (change, count) = try await session.change(after: seenCount)
            seenCount = count
            if case .ended = change { hasEnded = true }
            return change
        }
    }
}

/// What is broken on purpose, to see that it is found.
package enum Sabotage: CaseIterable, Sendable {
    /// The client says it received one frame more than it did: that one is lost.
    case losesAFrameAtResume
    /// The client says it received one frame less: that one comes twice.
    case repeatsAFrameAtResume
    /// The network loses one whole piece of output, and goes on.
    case losesBytes
    /// The network brings one piece of output twice.
    case repeatsBytes
    /// What comes on an evicted connection is read as if it came on the new one.
    case readsEvictedConnections
    /// The server's clock goes at half speed, far beyond the drift allowed for.
    case slowClock
    /// The receiver's application loses a message it has taken.
    case forgetsAfterTaking
    /// What is in the application's hand counts as taken at once.
    case takesTooEarly
    /// WITHDRAWN comes as MESSAGE.
    case runsWithdrawn
    /// A callee that ends its answers early leaves the rest of the request where it is.
    case leavesTheRest
    /// Gaps are not told to the application: messages are missing in silence.
    case swallowsGaps
    /// The client judges silence as if it had lasted longer.
    case judgesEarly
    /// Nobody's timers run: a black hole is never found.
    case neverJudges
    /// One end's ledger is written down before its last message was taken.
    case keepsAnOldLedger
}

/// What a sender remembers of numbers it has written, until they are settled.
struct SentRecord: Sendable {
    enum Content: Sendable {
        case message(SendID)
        case gap
        case end
    }

    let content: Content
    /// The first number, and how many.
    let number: UInt64
    let count: UInt64
    /// Credit it uses.
    let charge: UInt64
    /// Its hash for the ledger.
    var hash: UInt32 = 0
    /// The moment on our clock from which it must not be taken.
    let expiry: SessionInstant?
    /// Where its frames are among the retained.
    var positions: Range<UInt64>
    /// Its application has been told.
    var hasReceipt = false
    /// It was cancelled, or its time passed.
    var isWithdrawn = false
    /// The other end said `SKIPPED`.
    var isSkipped = false
}

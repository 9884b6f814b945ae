/// What a session has done so far.
///
/// Counted, not kept: reading it costs nothing while messages flow.
public struct SessionStatistics: Hashable, Sendable {
    /// Sends that were accepted from this end's application, datagrams included.
    public var sentCount = 0
    /// Receipts that said *delivered*.
    public var deliveredCount = 0
    /// Receipts that said *not delivered*.
    public var notDeliveredCount = 0
    /// Receipts that said *unknown*.
    public var unknownCount = 0
    /// Messages, values and datagrams that this end's application took.
    public var takenCount = 0
    /// Connections that carried it.
    public var attachmentCount = 0

    /// Sends that have no receipt yet.
    public var unsettledCount: Int {
        sentCount - deliveredCount - notDeliveredCount - unknownCount
    }
}

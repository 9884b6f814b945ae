/// What the application gets when it takes from a stream.
public enum Taken: Hashable, Sendable {
    /// The next message. Behind the last one, the flow has ended with status ``SessionCode/ok``.
    case message(number: UInt64, payload: [UInt8], isLast: Bool)
    /// The latest value of a key, and how many were replaced before they could be sent.
    case value(key: [UInt8], payload: [UInt8], replacedCount: UInt64)
    /// Messages that will not come, in their place.
    case gap(Gap)
    /// The flow has ended: well, or with a code.
    case end(status: SessionCode, detail: [UInt8])
}

/// Where messages are missing.
public struct Gap: Hashable, Sendable {
    /// The number of the first missing message.
    public let first: UInt64
    /// How many are missing.
    public let count: UInt64
    /// Why.
    public let cause: SessionCode
    /// Where they can be fetched, in the application's terms; often empty.
    public let place: [UInt8]

    package init(first: UInt64, count: UInt64 = 1, cause: SessionCode, place: [UInt8] = []) {
        self.first = first
        self.count = count
        self.cause = cause
        self.place = place
    }
}

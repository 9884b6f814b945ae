/// What one end chooses for itself.
public struct SessionSettings: Hashable, Sendable {
    /// What the other end may make this one hold.
    public var limits = SessionLimits()
    /// The times of the session; a server's choice.
    public var timing = SessionTiming()
    /// Bytes written and not acknowledged, beyond which no more messages are written.
    ///
    /// 4 MiB: 80 MB/s over a round trip of 50 ms.
    public var retainedSizeLimit = 4_194_304
    /// Bytes that wait in a stream's queue, counted as credit, beyond which a send is refused.
    public var queueSizeLimit: UInt64 = 1_048_576
    /// Messages that wait in a stream's queue.
    public var queueCountLimit = 4_096

    /// Bytes beyond ``retainedSizeLimit`` that answers to the other end may take.
    ///
    /// Answers cannot wait; an end that causes them and never acknowledges ends its session.
    public var answerSizeLimit = 1_048_576

    /// The defaults.
    public init() {}
}

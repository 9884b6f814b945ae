/// What a server says before it closes a connection: when to leave, when and where to come back.
public struct Drain: Hashable, Sendable {
    /// How long after leaving the client attaches again, in milliseconds.
    public var delayMilliseconds: UInt32
    /// When the server will close, in milliseconds.
    public var withinMilliseconds: UInt32
    /// Where to attach; empty: at the same place.
    ///
    /// At most 1,024 bytes.
    public var endpoint: String

    /// A farewell.
    public init(delayMilliseconds: UInt32, withinMilliseconds: UInt32, endpoint: String = "") {
        self.delayMilliseconds = delayMilliseconds
        self.withinMilliseconds = withinMilliseconds
        self.endpoint = endpoint
    }
}

/// The times a server sets for a session, in milliseconds (docs/session-protocol.md §3, §4).
public struct SessionTiming: Hashable, Sendable {
    /// How often each end asks for a sign of life.
    public var heartbeat: UInt32 = 5_000
    /// How long beyond that nothing may be heard.
    ///
    /// A black hole is found within the sum.
    public var silence: UInt32 = 10_000
    /// How long a session without connection is kept.
    public var keep: UInt32 = 300_000
    /// How long the client waits before it attaches again.
    public var slot: UInt32 = 0

    /// The defaults.
    public init() {}

    init(_ reader: inout FieldReader, _ bytes: RawSpan) throws(Violation) {
        heartbeat = try Self.milliseconds(&reader, bytes)
        silence = try Self.milliseconds(&reader, bytes)
        keep = try Self.milliseconds(&reader, bytes)
        slot = try Self.milliseconds(&reader, bytes)
        guard heartbeat > 0, silence > 0 else { throw Violation(.malformed, "no time to live") }
    }

    static func milliseconds(
        _ reader: inout FieldReader,
        _ bytes: RawSpan
    ) throws(Violation) -> UInt32 {
        guard let value = UInt32(exactly: try reader.number(bytes)) else {
            throw Violation(.malformed, "a time of more than 49 days")
        }
        return value
    }

    var heartbeatMicroseconds: UInt64 { UInt64(heartbeat) * 1_000 }
    var deathMicroseconds: UInt64 { (UInt64(heartbeat) + UInt64(silence)) * 1_000 }
    var keepMicroseconds: UInt64 { UInt64(keep) * 1_000 }
}

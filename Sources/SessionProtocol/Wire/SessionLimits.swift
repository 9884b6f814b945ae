/// What an end is willing to hold for the other (docs/session-protocol.md §9).
public struct SessionLimits: Hashable, Sendable {
    /// Bytes of one flow that may be unsettled, each message with 32 more than its payload.
    ///
    /// 256 KiB: 5 MB/s over a round trip of 50 ms.
    public var windowSize: UInt64 = 262_144
    /// Streams the other end may have open at a time.
    ///
    /// 128: so that a session can make an end hold 32 MiB at most.
    public var streamLimit: UInt64 = 128
    /// Bytes in one message.
    ///
    /// At most ``windowSize`` − 32.
    public var messageSizeLimit: UInt64 = 196_608

    /// The defaults.
    public init() {}

    /// Whether they agree with each other and fit the wire.
    var areSound: Bool {
        windowSize <= 1 << 40 && windowSize >= UInt64(Rule.messageCharge)
            && messageSizeLimit <= windowSize - UInt64(Rule.messageCharge)
            && streamLimit <= 1 << 20
    }

    func write(into bytes: inout [UInt8]) {
        bytes.append(number: windowSize)
        bytes.append(number: streamLimit)
        bytes.append(number: messageSizeLimit)
    }

    init(_ reader: inout FieldReader, _ bytes: RawSpan) throws(Violation) {
        windowSize = try reader.number(bytes)
        streamLimit = try reader.number(bytes)
        messageSizeLimit = try reader.number(bytes)
        guard areSound else { throw Violation(.malformed, "limits that contradict each other") }
    }
}

/// What tells one echo from another (RFC 792, RFC 4443 §4.1).
public struct ICMPEcho: Hashable, Sendable {
    /// The size in bytes of the header of an ICMP message, after which an echo's data begins.
    public static let headerSize = 8

    /// Who sent it: a process, by convention.
    ///
    /// The kernel sets it for unprivileged ping sockets.
    public var identifier: UInt16

    /// Which of the sender's.
    public var sequenceNumber: UInt16

    /// An echo by its numbers.
    public init(identifier: UInt16, sequenceNumber: UInt16) {
        self.identifier = identifier
        self.sequenceNumber = sequenceNumber
    }

    init(rest: UInt32) {
        identifier = UInt16(truncatingIfNeeded: rest >> 16)
        sequenceNumber = UInt16(truncatingIfNeeded: rest)
    }

    var rest: UInt32 { UInt32(identifier) << 16 | UInt32(sequenceNumber) }
}

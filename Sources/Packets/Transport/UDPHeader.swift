/// The header of a UDP datagram (RFC 768).
public struct UDPHeader: Hashable, Sendable {
    /// The size in bytes.
    public static let size = 8

    /// The sender's port; 0 if no answer is wanted.
    public var sourcePort: UInt16

    /// The receiver's port.
    public var destinationPort: UInt16

    /// The size in bytes of header and payload as the sender says it.
    public var length: UInt16

    /// The checksum as it was read; 0 if the sender computed none, which only IPv4 allows.
    public private(set) var checksum: UInt16 = 0

    /// A header to be written.
    ///
    /// - Throws: ``PacketError`` if header and payload are over 65,535 bytes.
    public init(
        sourcePort: UInt16,
        destinationPort: UInt16,
        payloadSize: Int
    ) throws(PacketError) {
        let room = Int(UInt16.max) - Self.size
        guard payloadSize >= 0, payloadSize <= room else {
            throw PacketError(
                "UDP",
                "length",
                at: 4,
                .noSpace(needed: payloadSize, available: room)
            )
        }
        self.sourcePort = sourcePort
        self.destinationPort = destinationPort
        self.length = UInt16(Self.size + payloadSize)
    }

    /// Reads the header at the start of `bytes`; the payload may be cut.
    ///
    /// - Throws: ``PacketError``, which says which field at which offset.
    public init(parsing bytes: RawSpan) throws(PacketError) {
        try bytes.need(Self.size, "UDP")
        length = bytes.uint16(at: 4)
        // RFC 2675 §4: 0 stands for a jumbogram, whose IP header knows.
        guard length == 0 || length >= Self.size else {
            throw PacketError(
                "UDP",
                "length",
                at: 4,
                .malformed(value: Int(length), rule: "does not cover the header of 8")
            )
        }
        sourcePort = bytes.uint16(at: 0)
        destinationPort = bytes.uint16(at: 2)
        checksum = bytes.uint16(at: 6)
    }

    /// Where the payload is in a datagram of which `count` bytes are there; inside `0..<count`
    /// always.
    public func payloadRange(in count: Int) -> Range<Int> {
        let start = min(Self.size, max(count, 0))
        let end = length == 0 ? count : min(Int(length), count)
        return start..<max(start, end)
    }

    /// Whether the checksum of a whole datagram is right, or was left out over IPv4.
    ///
    /// `datagram` is the header and all of the payload: of a part, the answer is false.
    public func isChecksumValid(in datagram: RawSpan, pseudoHeader: PseudoHeader) -> Bool {
        if checksum == 0 {
            // RFC 8200 §8.1: not so over IPv6.
            if case .v4 = pseudoHeader { return true } else { return false }
        }
        let size = length == 0 ? datagram.byteCount : Int(length)
        guard datagram.byteCount >= size else { return false }
        return pseudoHeader.checksum(of: datagram.extracting(0..<size), as: .udp) == 0
    }

    /// Writes the header to the start of `datagram`, with the checksum of all its ``length`` bytes.
    ///
    /// The payload must be in its place already.
    ///
    /// - Returns: the size in bytes of the header.
    /// - Throws: ``PacketError`` if there are fewer than ``length`` bytes.
    @discardableResult
    public func write(
        into datagram: inout MutableRawSpan,
        pseudoHeader: PseudoHeader
    ) throws(PacketError) -> Int {
        let total = max(Int(length), Self.size)
        try datagram.needRoom(total, "UDP")
        datagram.store(sourcePort, at: 0)
        datagram.store(destinationPort, at: 2)
        datagram.store(length, at: 4)
        datagram.store(UInt16(0), at: 6)
        let value = pseudoHeader.checksum(of: datagram.bytes.extracting(0..<total), as: .udp)
        // RFC 768: a checksum of zero is sent as its other form, for zero means none.
        datagram.store(value == 0 ? 0xFFFF : value, at: 6)
        return Self.size
    }
}

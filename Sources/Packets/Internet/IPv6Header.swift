public import Addresses

/// The fixed header of an IPv6 packet (RFC 8200 §3).
///
/// What it says follows may be an extension header: ``IPv6Extensions`` walks them.
public struct IPv6Header: Hashable, Sendable {
    /// The size in bytes.
    public static let size = 40

    /// Differentiated services and ECN in one byte.
    public var trafficClass: UInt8

    /// The flow label (RFC 6437), 20 bits.
    public var flowLabel: UInt32

    /// The size in bytes of all that follows this header as the sender says it.
    public var payloadLength: UInt16

    /// What follows this header.
    public var nextHeader: IPProtocol

    /// How many more routers may pass it on.
    public var hopLimit: UInt8

    /// The sender.
    public var source: IPv6Address

    /// The receiver.
    public var destination: IPv6Address

    /// A header to be written.
    ///
    /// - Throws: ``PacketError`` if `payloadSize` is over 65,535 bytes.
    public init(
        source: IPv6Address,
        destination: IPv6Address,
        nextHeader: IPProtocol,
        payloadSize: Int,
        hopLimit: UInt8 = 64
    ) throws(PacketError) {
        guard let payloadLength = UInt16(exactly: payloadSize) else {
            throw PacketError(
                "IPv6",
                "payload length",
                at: 4,
                .noSpace(needed: payloadSize, available: Int(UInt16.max))
            )
        }
        self.trafficClass = 0
        self.flowLabel = 0
        self.payloadLength = payloadLength
        self.nextHeader = nextHeader
        self.hopLimit = hopLimit
        self.source = source
        self.destination = destination
    }

    /// Reads the header at the start of `bytes`; what follows it may be cut.
    ///
    /// - Throws: ``PacketError``, which says which field at which offset.
    public init(parsing bytes: RawSpan) throws(PacketError) {
        try bytes.need(Self.size, "IPv6")
        let first = bytes.uint32(at: 0)
        guard first >> 28 == 6 else {
            throw PacketError(
                "IPv6",
                "version",
                at: 0,
                .malformed(value: Int(first >> 28), rule: "is not 6")
            )
        }
        trafficClass = UInt8(truncatingIfNeeded: first >> 20)
        flowLabel = first & 0xF_FFFF
        payloadLength = bytes.uint16(at: 4)
        nextHeader = IPProtocol(rawValue: bytes.byte(at: 6))
        hopLimit = bytes.byte(at: 7)
        source = bytes.ipv6Address(at: 8)
        destination = bytes.ipv6Address(at: 24)
    }

    /// Where the payload is in a packet of which `count` bytes are there, the header's among them.
    ///
    /// Inside `0..<count` always. A length of 0 is that of a jumbogram (RFC 2675) or of a packet
    /// that the kernel segments late: all is payload. A packet with no next header has none.
    public func payloadRange(in count: Int) -> Range<Int> {
        let start = min(Self.size, max(count, 0))
        let isOpen = payloadLength == 0 && nextHeader != .noNextHeader
        let end = isOpen ? count : min(Self.size + Int(payloadLength), count)
        return start..<max(start, end)
    }

    /// Writes the header to the start of `bytes`.
    ///
    /// - Returns: its size in bytes: where what follows goes.
    /// - Throws: ``PacketError`` if it does not fit.
    @discardableResult
    public func write(into bytes: inout MutableRawSpan) throws(PacketError) -> Int {
        try bytes.needRoom(Self.size, "IPv6")
        bytes.store(6 << 28 | UInt32(trafficClass) << 20 | flowLabel & 0xF_FFFF, at: 0)
        bytes.store(payloadLength, at: 4)
        bytes.store(nextHeader.rawValue, at: 6)
        bytes.store(hopLimit, at: 7)
        bytes.store(source, at: 8)
        bytes.store(destination, at: 24)
        return Self.size
    }
}

extension RawSpan {
    func ipv6Address(at offset: Int) -> IPv6Address {
        IPv6Address(highBits: uint64(at: offset), lowBits: uint64(at: offset + 8))
    }
}

extension MutableRawSpan {
    @_lifetime(self: copy self)
    mutating func store(_ address: IPv6Address, at offset: Int) {
        store(address.highBits, at: offset)
        store(address.lowBits, at: offset + 8)
    }
}

public import Addresses

/// The header of an IPv4 packet (RFC 791 §3.1).
///
/// ```swift
/// let header = try IPv4Header(parsing: packet)
/// let payload = packet.extracting(header.payloadRange(in: packet.byteCount))
/// ```
public struct IPv4Header: Hashable, Sendable {
    /// The size in bytes of a header without options.
    public static let fixedSize = 20

    /// Differentiated services and ECN in one byte (RFC 2474, RFC 3168).
    public var trafficClass: UInt8

    /// The size in bytes of header and payload as the sender says it, which may be more than the
    /// bytes there are.
    public var totalLength: UInt16

    /// Equal in all fragments of one packet (RFC 6864).
    public var identification: UInt16

    /// Whether routers must not fragment it.
    public var isDontFragment: Bool

    /// Whether more fragments follow this one.
    public var hasMoreFragments: Bool

    /// Where this fragment's payload belongs in the whole one, in units of 8 bytes; below 8192.
    public var fragmentOffset: UInt16

    /// How many more routers may pass it on.
    public var timeToLive: UInt8

    /// What the payload is.
    public var payloadProtocol: IPProtocol

    /// The checksum as it was read; ``write(into:)`` computes its own.
    public internal(set) var checksum: UInt16 = 0

    /// The sender.
    public var source: IPv4Address

    /// The receiver.
    public var destination: IPv4Address

    /// The options.
    public var options: HeaderOptions

    /// A header to be written.
    ///
    /// `payloadSize` in bytes makes ``totalLength``.
    ///
    /// - Throws: ``PacketError`` if header and payload are over 65,535 bytes.
    public init(
        source: IPv4Address,
        destination: IPv4Address,
        payloadProtocol: IPProtocol,
        payloadSize: Int,
        timeToLive: UInt8 = 64,
        options: HeaderOptions = HeaderOptions()
    ) throws(PacketError) {
        let room = Int(UInt16.max) - Self.fixedSize - options.size
        guard payloadSize >= 0, payloadSize <= room else {
            throw PacketError(
                "IPv4",
                "total length",
                at: 2,
                .noSpace(needed: payloadSize, available: room)
            )
        }
        self.trafficClass = 0
        self.totalLength = UInt16(Self.fixedSize + options.size + payloadSize)
        self.identification = 0
        self.isDontFragment = false
        self.hasMoreFragments = false
        self.fragmentOffset = 0
        self.timeToLive = timeToLive
        self.payloadProtocol = payloadProtocol
        self.source = source
        self.destination = destination
        self.options = options
    }

    /// The size in bytes with the options.
    public var size: Int { Self.fixedSize + options.size }

    /// Whether this is a part of a packet.
    public var isFragment: Bool { hasMoreFragments || fragmentOffset != 0 }

    /// Where the payload is in a packet of which `count` bytes are there, the header's among them.
    ///
    /// Inside `0..<count` always, whatever the header says. A total length of 0 is that of a packet
    /// too large for the field, as the kernel hands out when it segments late: all is payload.
    public func payloadRange(in count: Int) -> Range<Int> {
        let start = min(size, max(count, 0))
        let end = totalLength == 0 ? count : min(Int(totalLength), count)
        return start..<max(start, end)
    }
}

/// The pseudo link header of captures on any interface: LINKTYPE_LINUX_SLL2.
///
/// The kernel takes the real link header off a packet socket of type `SOCK_DGRAM` and describes it
/// in a `sockaddr_ll` (packet(7)); this is that description as files keep it.
public struct LinuxCookedHeader: Hashable, Sendable {
    /// The size in bytes.
    public static let size = 20

    /// Which way a packet went (`sll_pkttype` in packet(7)).
    public struct Direction: RawRepresentable, Hashable, Sendable {
        /// The number.
        public let rawValue: UInt8

        /// A direction by its number.
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// To this host.
        public static let toHost = Direction(rawValue: 0)

        /// To all hosts on the link.
        public static let broadcast = Direction(rawValue: 1)

        /// To a group of hosts.
        public static let multicast = Direction(rawValue: 2)

        /// To another host, seen in promiscuous mode.
        public static let toOther = Direction(rawValue: 3)

        /// From this host.
        public static let outgoing = Direction(rawValue: 4)
    }

    /// What the payload is.
    public var type: EtherType

    /// The index of the interface on the capturing host.
    public var interfaceIndex: UInt32

    /// The kind of the interface: an `ARPHRD_` number, 1 for Ethernet.
    public var hardwareType: UInt16

    /// Which way it went.
    public var direction: Direction

    /// How many bytes of ``address`` mean something.
    public var addressSize: UInt8

    /// The sender's link address in its first bytes; of longer ones (InfiniBand), the beginning.
    public var address: UInt64

    /// A header to be written.
    public init(
        type: EtherType,
        interfaceIndex: UInt32,
        hardwareType: UInt16,
        direction: Direction,
        address: UInt64 = 0,
        addressSize: UInt8 = 0
    ) {
        self.type = type
        self.interfaceIndex = interfaceIndex
        self.hardwareType = hardwareType
        self.direction = direction
        self.address = address
        self.addressSize = addressSize
    }

    /// Reads the header at the start of `bytes`.
    ///
    /// - Throws: ``PacketError``, which says which field at which offset.
    public init(parsing bytes: RawSpan) throws(PacketError) {
        try bytes.need(Self.size, "Linux cooked")
        type = EtherType(rawValue: bytes.uint16(at: 0))
        interfaceIndex = bytes.uint32(at: 4)
        hardwareType = bytes.uint16(at: 8)
        direction = Direction(rawValue: bytes.byte(at: 10))
        addressSize = bytes.byte(at: 11)
        address = bytes.uint64(at: 12)
    }

    /// Writes the header to the start of `bytes`.
    ///
    /// - Returns: its size in bytes.
    /// - Throws: ``PacketError`` if it does not fit.
    @discardableResult
    public func write(into bytes: inout MutableRawSpan) throws(PacketError) -> Int {
        try bytes.needRoom(Self.size, "Linux cooked")
        bytes.store(type.rawValue, at: 0)
        bytes.store(UInt16(0), at: 2)
        bytes.store(interfaceIndex, at: 4)
        bytes.store(hardwareType, at: 8)
        bytes.store(direction.rawValue, at: 10)
        bytes.store(addressSize, at: 11)
        bytes.store(address, at: 12)
        return Self.size
    }
}

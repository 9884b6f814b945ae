public import Addresses

/// A message of the Address Resolution Protocol for IPv4 over Ethernet (RFC 826).
public struct ARPMessage: Hashable, Sendable {
    /// The size in bytes.
    public static let size = 28

    /// What is asked or said.
    public struct Operation: RawRepresentable, Hashable, Sendable {
        /// The number.
        public let rawValue: UInt16

        /// An operation by its number.
        public init(rawValue: UInt16) { self.rawValue = rawValue }

        /// Asks who has the target's IP address.
        public static let request = Operation(rawValue: 1)

        /// Says that the sender's IP address is at the sender's hardware address.
        public static let reply = Operation(rawValue: 2)
    }

    /// What is asked or said.
    public var operation: Operation

    /// The sender's link address.
    public var senderHardware: MACAddress

    /// The sender's IP address.
    public var sender: IPv4Address

    /// The target's link address; in a request it means nothing.
    public var targetHardware: MACAddress

    /// The target's IP address.
    public var target: IPv4Address

    /// A message to be written.
    public init(
        operation: Operation,
        senderHardware: MACAddress,
        sender: IPv4Address,
        targetHardware: MACAddress,
        target: IPv4Address
    ) {
        self.operation = operation
        self.senderHardware = senderHardware
        self.sender = sender
        self.targetHardware = targetHardware
        self.target = target
    }

    /// Hardware type 1, protocol 0x0800, and the sizes of their addresses: bytes 0 to 5.
    private static let ethernetAndIPv4: UInt64 = 0x0001_0800_0604

    /// Reads the message at the start of `bytes`.
    ///
    /// - Throws: ``PacketError``, also for addresses other than those of Ethernet and IPv4.
    public init(parsing bytes: RawSpan) throws(PacketError) {
        try bytes.need(8, "ARP")
        let kinds = UInt64(bytes.uint32(at: 0)) << 16 | UInt64(bytes.uint16(at: 4))
        guard kinds == Self.ethernetAndIPv4 else {
            throw PacketError(
                "ARP",
                "hardware and protocol",
                at: 0,
                .malformed(value: Int(kinds), rule: "is not Ethernet (1) and IPv4 (0x0800)")
            )
        }
        try bytes.need(Self.size, "ARP", "addresses")
        operation = Operation(rawValue: bytes.uint16(at: 6))
        senderHardware = bytes.macAddress(at: 8)
        sender = IPv4Address(bits: bytes.uint32(at: 14))
        targetHardware = bytes.macAddress(at: 18)
        target = IPv4Address(bits: bytes.uint32(at: 24))
    }

    /// Writes the message to the start of `bytes`.
    ///
    /// - Returns: its size in bytes.
    /// - Throws: ``PacketError`` if it does not fit.
    @discardableResult
    public func write(into bytes: inout MutableRawSpan) throws(PacketError) -> Int {
        try bytes.needRoom(Self.size, "ARP")
        bytes.store(UInt32(truncatingIfNeeded: Self.ethernetAndIPv4 >> 16), at: 0)
        bytes.store(UInt16(truncatingIfNeeded: Self.ethernetAndIPv4), at: 4)
        bytes.store(operation.rawValue, at: 6)
        bytes.store(senderHardware, at: 8)
        bytes.store(sender.bits, at: 14)
        bytes.store(targetHardware, at: 18)
        bytes.store(target.bits, at: 24)
        return Self.size
    }
}

/// The header of an Ethernet II frame, with its VLAN tags (IEEE 802.3, 802.1Q).
public struct EthernetHeader: Hashable, Sendable {
    /// The size in bytes of a header without tags.
    public static let fixedSize = 14

    /// A tag of IEEE 802.1Q, 4 bytes.
    public struct VLANTag: Hashable, Sendable {
        /// ``EtherType/vlan`` or ``EtherType/serviceVLAN``.
        public var type: EtherType

        /// Priority (3 bits), drop eligible (1 bit) and identifier (12 bits).
        public var control: UInt16

        /// A tag with its fields in one number, as on the wire.
        public init(type: EtherType = .vlan, control: UInt16) {
            self.type = type
            self.control = control
        }

        /// The number of the VLAN, 0 for none.
        public var identifier: UInt16 { control & 0xFFF }
    }

    /// The receiver.
    public var destination: MACAddress

    /// The sender.
    public var source: MACAddress

    /// The outer tag, or the only one.
    public var tag: VLANTag?

    /// The tag inside ``tag``.
    ///
    /// A third one is left in the payload: no network nests them so deep.
    public var innerTag: VLANTag?

    /// What the payload is; below 1536 the length of an IEEE 802.3 frame instead.
    public var type: EtherType

    /// A header to be written.
    public init(
        destination: MACAddress,
        source: MACAddress,
        type: EtherType,
        tag: VLANTag? = nil,
        innerTag: VLANTag? = nil
    ) {
        precondition(tag != nil || innerTag == nil, "an inner tag without an outer one")
        self.destination = destination
        self.source = source
        self.type = type
        self.tag = tag
        self.innerTag = innerTag
    }

    /// Reads the header at the start of `bytes`.
    ///
    /// - Throws: ``PacketError``, which says which field at which offset.
    public init(parsing bytes: RawSpan) throws(PacketError) {
        try bytes.need(Self.fixedSize, "Ethernet")
        destination = bytes.macAddress(at: 0)
        source = bytes.macAddress(at: 6)
        type = EtherType(rawValue: bytes.uint16(at: 12))
        tag = try Self.takeTag(&type, in: bytes, at: 14)
        innerTag = tag == nil ? nil : try Self.takeTag(&type, in: bytes, at: 18)
    }

    private static func takeTag(
        _ type: inout EtherType,
        in bytes: RawSpan,
        at offset: Int
    ) throws(PacketError) -> VLANTag? {
        guard type == .vlan || type == .serviceVLAN else { return nil }
        try bytes.need(offset + 4, "Ethernet", "VLAN tag")
        let tag = VLANTag(type: type, control: bytes.uint16(at: offset))
        type = EtherType(rawValue: bytes.uint16(at: offset + 2))
        return tag
    }

    /// The size in bytes with the tags: where the payload begins.
    public var size: Int { Self.fixedSize + (tag == nil ? 0 : 4) + (innerTag == nil ? 0 : 4) }

    /// Writes the header to the start of `bytes`.
    ///
    /// - Returns: its size in bytes.
    /// - Throws: ``PacketError`` if it does not fit.
    @discardableResult
    public func write(into bytes: inout MutableRawSpan) throws(PacketError) -> Int {
        try bytes.needRoom(size, "Ethernet")
        bytes.store(destination, at: 0)
        bytes.store(source, at: 6)
        var offset = 12
        for tag in [tag, innerTag] {
            guard let tag else { continue }
            bytes.store(tag.type.rawValue, at: offset)
            bytes.store(tag.control, at: offset + 2)
            offset += 4
        }
        bytes.store(type.rawValue, at: offset)
        return size
    }
}

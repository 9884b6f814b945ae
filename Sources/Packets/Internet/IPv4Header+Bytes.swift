import Addresses

extension IPv4Header {
    /// Reads the header at the start of `bytes`.
    ///
    /// The payload may be cut, as in a capture or in an ICMP error; the checksum is not verified:
    /// see ``isChecksumValid(in:)``.
    ///
    /// - Throws: ``PacketError``, which says which field at which offset.
    public init(parsing bytes: RawSpan) throws(PacketError) {
        try bytes.need(Self.fixedSize, "IPv4")
        let first = bytes.byte(at: 0)
        guard first >> 4 == 4 else {
            throw PacketError(
                "IPv4",
                "version",
                at: 0,
                .malformed(value: Int(first >> 4), rule: "is not 4")
            )
        }
        let headerSize = Int(first & 0xF) * 4
        guard headerSize >= Self.fixedSize else {
            throw PacketError(
                "IPv4",
                "header length",
                at: 0,
                .malformed(value: headerSize / 4, rule: "is below the 5 words every header has")
            )
        }
        try bytes.need(headerSize, "IPv4", "options")
        totalLength = bytes.uint16(at: 2)
        guard totalLength == 0 || totalLength >= headerSize else {
            throw PacketError(
                "IPv4",
                "total length",
                at: 2,
                .malformed(value: Int(totalLength), rule: "is below the header's own length")
            )
        }
        trafficClass = bytes.byte(at: 1)
        identification = bytes.uint16(at: 4)
        let fragment = bytes.uint16(at: 6)
        isDontFragment = fragment & 0x4000 != 0
        hasMoreFragments = fragment & 0x2000 != 0
        fragmentOffset = fragment & 0x1FFF
        timeToLive = bytes.byte(at: 8)
        payloadProtocol = IPProtocol(rawValue: bytes.byte(at: 9))
        checksum = bytes.uint16(at: 10)
        source = IPv4Address(bits: bytes.uint32(at: 12))
        destination = IPv4Address(bits: bytes.uint32(at: 16))
        options =
            headerSize == Self.fixedSize
            ? HeaderOptions()
            : try HeaderOptions(bytes.extracting(Self.fixedSize..<headerSize))
    }

    /// Whether the checksum of the header at the start of `bytes`, which was read from there, is
    /// right.
    public func isChecksumValid(in bytes: RawSpan) -> Bool {
        bytes.byteCount >= size && InternetChecksum.of(bytes.extracting(0..<size)) == 0
    }

    /// Writes the header with its checksum to the start of `bytes`.
    ///
    /// - Returns: its size in bytes: where the payload goes.
    /// - Throws: ``PacketError`` if it does not fit.
    @discardableResult
    public func write(into bytes: inout MutableRawSpan) throws(PacketError) -> Int {
        let size = size
        try bytes.needRoom(size, "IPv4")
        bytes.store(UInt8(0x40 | size / 4), at: 0)
        bytes.store(trafficClass, at: 1)
        bytes.store(totalLength, at: 2)
        bytes.store(identification, at: 4)
        let flags: UInt16 = (isDontFragment ? 0x4000 : 0) | (hasMoreFragments ? 0x2000 : 0)
        bytes.store(flags | fragmentOffset & 0x1FFF, at: 6)
        bytes.store(timeToLive, at: 8)
        bytes.store(payloadProtocol.rawValue, at: 9)
        bytes.store(UInt16(0), at: 10)
        bytes.store(source.bits, at: 12)
        bytes.store(destination.bits, at: 16)
        bytes.store(options, at: Self.fixedSize)
        bytes.store(InternetChecksum.of(bytes.bytes.extracting(0..<size)), at: 10)
        return size
    }
}

extension MutableRawSpan {
    /// Writes options, for which there is room.
    @_lifetime(self: copy self)
    mutating func store(_ options: HeaderOptions, at offset: Int) {
        let source = options.bytes
        for index in 0..<source.byteCount { store(source.byte(at: index), at: offset + index) }
    }
}

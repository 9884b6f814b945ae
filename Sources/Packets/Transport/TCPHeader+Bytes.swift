extension TCPHeader {
    /// Reads the header at the start of `bytes`; the payload may be cut.
    ///
    /// The options are copied and not looked at: ``TCPOptions`` does that.
    ///
    /// - Throws: ``PacketError``, which says which field at which offset.
    public init(parsing bytes: RawSpan) throws(PacketError) {
        try bytes.need(Self.fixedSize, "TCP")
        let words = Int(bytes.byte(at: 12) >> 4)
        guard words * 4 >= Self.fixedSize else {
            throw PacketError(
                "TCP",
                "data offset",
                at: 12,
                .malformed(value: words, rule: "is below the 5 words every header has")
            )
        }
        try bytes.need(words * 4, "TCP", "options")
        self.init(
            sourcePort: bytes.uint16(at: 0),
            destinationPort: bytes.uint16(at: 2),
            sequenceNumber: bytes.uint32(at: 4),
            acknowledgmentNumber: bytes.uint32(at: 8),
            flags: Flags(rawValue: bytes.byte(at: 13)),
            window: bytes.uint16(at: 14),
            urgentPointer: bytes.uint16(at: 18),
            options: words * 4 == Self.fixedSize
                ? HeaderOptions()
                : try HeaderOptions(bytes.extracting(Self.fixedSize..<words * 4))
        )
        checksum = bytes.uint16(at: 16)
    }

    /// Whether the checksum of a whole segment, header and payload, is right.
    public func isChecksumValid(in segment: RawSpan, pseudoHeader: PseudoHeader) -> Bool {
        pseudoHeader.checksum(of: segment, as: .tcp) == 0
    }

    /// Writes the header to the start of `segment`, with the checksum of all its bytes.
    ///
    /// The payload must be in its place already, from ``size`` to the end.
    ///
    /// - Returns: the size in bytes of the header.
    /// - Throws: ``PacketError`` if it does not fit.
    @discardableResult
    public func write(
        into segment: inout MutableRawSpan,
        pseudoHeader: PseudoHeader
    ) throws(PacketError) -> Int {
        let size = size
        try segment.needRoom(size, "TCP")
        segment.store(sourcePort, at: 0)
        segment.store(destinationPort, at: 2)
        segment.store(sequenceNumber, at: 4)
        segment.store(acknowledgmentNumber, at: 8)
        segment.store(UInt8((size / 4) << 4), at: 12)
        segment.store(flags.rawValue, at: 13)
        segment.store(window, at: 14)
        segment.store(UInt16(0), at: 16)
        segment.store(urgentPointer, at: 18)
        segment.store(options, at: Self.fixedSize)
        segment.store(pseudoHeader.checksum(of: segment.bytes, as: .tcp), at: 16)
        return size
    }
}

extension TCPOptions {
    /// The kind bytes (IANA, "TCP Option Kind Numbers").
    private enum Kind {
        static let maximumSegmentSize: UInt8 = 2
        static let windowScale: UInt8 = 3
        static let sackPermitted: UInt8 = 4
        static let sack: UInt8 = 5
        static let timestamps: UInt8 = 8
    }

    /// Reads a header's options.
    ///
    /// - Throws: ``PacketError`` for an option that overruns the header or has a size that is not
    ///   its kind's.
    public init(parsing options: HeaderOptions) throws(PacketError) {
        self.init()
        var offset = 0
        while let option = try options.next(after: &offset) { try read(option, in: options.bytes) }
    }

    private mutating func read(
        _ option: HeaderOptions.Option,
        in bytes: RawSpan
    ) throws(PacketError) {
        let start = option.data.lowerBound
        switch option.kind {
        case Kind.maximumSegmentSize:
            try Self.check(option, size: 2, "MSS")
            maximumSegmentSize = bytes.uint16(at: start)
        case Kind.windowScale:
            try Self.check(option, size: 1, "window scale")
            windowScale = bytes.byte(at: start)
        case Kind.sackPermitted:
            try Self.check(option, size: 0, "SACK permitted")
            isSACKPermitted = true
        case Kind.sack:
            try Self.check(option, size: option.data.count & ~7, "SACK")
            for place in stride(from: start, to: option.data.upperBound, by: 8)
            where sackBlockCount < Self.sackBlockLimit {
                append(
                    SACKBlock(first: bytes.uint32(at: place), end: bytes.uint32(at: place + 4))
                )
            }
        case Kind.timestamps:
            try Self.check(option, size: 8, "timestamps")
            timestamps = Timestamps(
                value: bytes.uint32(at: start),
                echo: bytes.uint32(at: start + 4)
            )
        default: break
        }
    }

    private static func check(
        _ option: HeaderOptions.Option,
        size: Int,
        _ field: String
    ) throws(PacketError) {
        guard option.data.count == size else {
            throw PacketError(
                "TCP options",
                field,
                at: option.data.lowerBound - 1,
                .malformed(value: option.data.count + 2, rule: "is not the option's length")
            )
        }
    }

    /// The bytes of the options, in the order of their kinds.
    ///
    /// - Throws: ``PacketError`` if they are over 40 bytes: three SACK blocks and timestamps fit.
    public func encoded() throws(PacketError) -> HeaderOptions {
        var bytes: [UInt8] = []
        func append(_ value: UInt32) {
            for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
        }
        if let maximumSegmentSize {
            append(UInt32(Kind.maximumSegmentSize) << 24 | 4 << 16 | UInt32(maximumSegmentSize))
        }
        if let windowScale { bytes += [Kind.windowScale, 3, windowScale] }
        if isSACKPermitted { bytes += [Kind.sackPermitted, 2] }
        if sackBlockCount > 0 {
            bytes += [Kind.sack, UInt8(2 + 8 * sackBlockCount)]
            for index in 0..<2 * sackBlockCount { append(sackEdges[index]) }
        }
        if let timestamps {
            bytes += [Kind.timestamps, 10]
            append(timestamps.value)
            append(timestamps.echo)
        }
        // Safe: a UInt8 has no padding whose bytes could mean nothing.
        return try unsafe HeaderOptions(bytes.span.bytes)
    }
}

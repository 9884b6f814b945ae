/// One block of a pcapng file (IETF draft-ietf-opsawg-pcapng), as ``PcapngReader`` reports it.
public enum PcapngBlock: Hashable, Sendable {
    /// The start of a file or of another section: interfaces are numbered from 0 again.
    case section(application: String?)

    /// An interface, which packets name by its number: 0 for the first of the section.
    case interface(PcapngInterface)

    /// A packet, and where its bytes are in what was given to the reader.
    case packet(PcapngPacket, data: Range<Int>)

    /// What an interface counted.
    case statistics(PcapngStatistics)

    /// A kind of block that is not read here.
    case other(type: UInt32)

    /// The numbers by which blocks say what they are (§10.1).
    enum Kind {
        static let section: UInt32 = 0x0A0D_0D0A
        static let interface: UInt32 = 1
        static let statistics: UInt32 = 5
        static let packet: UInt32 = 6
    }

    /// The first field of a section, which tells its byte order (§4.1).
    static let byteOrderMagic: UInt32 = 0x1A2B_3C4D

    /// What a block has at least: its type and its length, twice (§3.1).
    static let frameSize = 12
}

/// An interface that was captured on (§4.2).
public struct PcapngInterface: Hashable, Sendable {
    /// Its name, such as `eth0`.
    public var name: String?

    /// How its packets begin: a link-layer number of files, ``LinkLayer/fileNumber``.
    public var linkNumber: UInt16

    /// The most bytes kept of a packet; 0 for no limit.
    public var snapSize: UInt32

    /// The filter as it was written.
    public var filter: String?

    /// An interface to write about.
    public init(
        name: String?,
        link: LinkLayer,
        snapSize: UInt32,
        filter: String? = nil
    ) {
        self.init(name: name, linkNumber: link.fileNumber, snapSize: snapSize, filter: filter)
    }

    init(name: String?, linkNumber: UInt16, snapSize: UInt32, filter: String?) {
        self.name = name
        self.linkNumber = linkNumber
        self.snapSize = snapSize
        self.filter = filter
    }

    /// How its packets begin, or nil for a link layer that is not known here.
    public var link: LinkLayer? { LinkLayer(fileNumber: linkNumber) }
}

/// What is known of a packet beside its bytes (§4.3).
public struct PcapngPacket: Hashable, Sendable {
    /// Which way it went through the interface.
    public enum Direction: UInt8, Sendable {
        /// To this host.
        case inbound = 1

        /// From this host.
        case outbound = 2
    }

    /// The number of its interface in the section.
    public var interface: UInt32

    /// When it was captured, in nanoseconds since 1970-01-01 UTC.
    public var time: UInt64

    /// Its size in bytes on the wire, of which the file may keep fewer.
    public var originalSize: UInt32

    /// Which way it went, if known.
    public var direction: Direction?

    /// How many packets were lost between the one before it and this one, if known.
    public var dropCount: UInt64?

    /// A packet to write.
    public init(
        interface: UInt32,
        time: UInt64,
        originalSize: UInt32,
        direction: Direction? = nil,
        dropCount: UInt64? = nil
    ) {
        self.interface = interface
        self.time = time
        self.originalSize = originalSize
        self.direction = direction
        self.dropCount = dropCount
    }
}

/// What an interface counted over a capture (§4.6).
public struct PcapngStatistics: Hashable, Sendable {
    /// The number of the interface in the section.
    public var interface: UInt32

    /// When it was counted, in nanoseconds since 1970-01-01 UTC.
    public var time: UInt64

    /// How many packets came.
    public var receivedCount: UInt64?

    /// How many were lost because nobody took them in time.
    public var droppedCount: UInt64?

    /// Statistics to write.
    public init(
        interface: UInt32,
        time: UInt64,
        receivedCount: UInt64? = nil,
        droppedCount: UInt64? = nil
    ) {
        self.interface = interface
        self.time = time
        self.receivedCount = receivedCount
        self.droppedCount = droppedCount
    }
}

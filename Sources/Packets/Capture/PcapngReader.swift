/// Reads a pcapng file block by block, in either byte order, from memory that the caller fills.
///
/// ```swift
/// var reader = PcapngReader()
/// switch try reader.next(in: bytes) {
/// case .needMore(let size): …          // have at least so many bytes at the start of the block
/// case .block(let block, let size): …  // the next block begins `size` bytes further
/// }
/// ```
/// Nothing in a file makes it read outside of what it was given, or keep more than its limits.
public struct PcapngReader: Sendable {
    /// The most bytes of a block when no other limit is given: 16 MiB.
    ///
    /// Arbitrary; 60 times the largest packet that Wireshark itself takes.
    public static let defaultBlockSizeLimit = 16_777_216

    /// The most interfaces of a section: arbitrary, far more than hosts have.
    public static let interfaceLimit = 4096

    /// What came of looking at the bytes.
    public enum Step: Hashable, Sendable {
        /// The block is not all there: it has so many bytes, or at least so many.
        ///
        /// With no bytes left at this point, the file ended where it should.
        case needMore(size: Int)

        /// A block, and its size in bytes.
        case block(PcapngBlock, size: Int)
    }

    /// The most bytes of a block.
    public let blockSizeLimit: Int

    /// How many bytes of the file were read, which errors count from.
    public private(set) var offset = 0

    /// Whether the section is in the other byte order; nil before the first.
    private var isSwapped: Bool?

    /// How the interfaces of the section count time.
    var timeUnits: [PcapngTimeUnit] = []

    /// A reader of a file from its start.
    public init(blockSizeLimit: Int = Self.defaultBlockSizeLimit) {
        self.blockSizeLimit = blockSizeLimit
    }

    /// Reads the block at the start of `bytes`.
    ///
    /// - Throws: ``PacketError`` with an offset in the file, for a file that is not pcapng or not
    ///   in order, and for blocks over the limit.
    public mutating func next(in bytes: RawSpan) throws(PacketError) -> Step {
        do throws(PacketError) {
            let step = try step(in: bytes)
            if case .block(_, let size) = step { offset += size }
            return step
        } catch {
            throw error.shifted(by: offset)
        }
    }

    private mutating func step(in bytes: RawSpan) throws(PacketError) -> Step {
        guard bytes.byteCount >= PcapngBlock.frameSize else {
            return .needMore(size: PcapngBlock.frameSize)
        }
        // The section's type reads the same both ways, so it can tell the byte order (§4.1).
        let isSection = bytes.uint32(at: 0) == PcapngBlock.Kind.section
        let order = try isSection ? Self.isSwapped(bytes.uint32(at: 8)) : isSwapped
        guard let order else {
            throw Self.malformed("section header", 0, Int(bytes.uint32(at: 0)), "starts no pcapng")
        }
        var frame = PcapngFields(bytes, isSwapped: order)
        let kind = try frame.take(UInt32.self, "block type")
        let size = try Int(frame.take(UInt32.self, "block length"))
        guard size >= PcapngBlock.frameSize, size & 3 == 0 else {
            throw Self.malformed("block length", 4, size, "is no block's")
        }
        guard size <= blockSizeLimit else {
            throw Self.malformed("block length", 4, size, "is over the limit of \(blockSizeLimit)")
        }
        guard size <= bytes.byteCount else { return .needMore(size: size) }
        var last = PcapngFields(bytes.extracting(size - 4..<size), isSwapped: order)
        let repeated = try Int(last.take(UInt32.self, "second block length"))
        guard repeated == size else {
            throw Self.malformed("second block length", size - 4, repeated, "is not the first")
        }
        if isSection {
            isSwapped = order
            timeUnits.removeAll()
        }
        do throws(PacketError) {
            var body = PcapngFields(bytes.extracting(8..<size - 4), isSwapped: order)
            return .block(try block(kind, &body), size: size)
        } catch {
            throw error.shifted(by: 8)
        }
    }

    private mutating func block(
        _ kind: UInt32,
        _ body: inout PcapngFields
    ) throws(PacketError) -> PcapngBlock {
        switch kind {
        case PcapngBlock.Kind.section: try Self.section(&body)
        case PcapngBlock.Kind.interface: try interface(&body)
        case PcapngBlock.Kind.packet: try packet(&body)
        case PcapngBlock.Kind.statistics: try statistics(&body)
        default: .other(type: kind)
        }
    }

    private static func isSwapped(_ magic: UInt32) throws(PacketError) -> Bool {
        // Read in network order: a big-endian section shows the magic itself.
        switch magic {
        case PcapngBlock.byteOrderMagic: UInt16(1).bigEndian != 1
        case PcapngBlock.byteOrderMagic.byteSwapped: UInt16(1).littleEndian != 1
        default: throw malformed("byte order magic", 8, Int(magic), "is not 0x1A2B3C4D")
        }
    }

    static func malformed(
        _ field: String,
        _ offset: Int,
        _ value: Int,
        _ rule: String
    ) -> PacketError {
        PacketError("pcapng", field, at: offset, .malformed(value: value, rule: rule))
    }
}

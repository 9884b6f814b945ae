/// The options of a TCP header that this library knows; others are passed over.
///
/// ```swift
/// let options = try TCPOptions(parsing: header.options)
/// options.maximumSegmentSize  // 1460
/// ```
public struct TCPOptions: Hashable, Sendable {
    /// A range of bytes that arrived out of order: from `first`, up to and without `end`
    /// (RFC 2018 §3).
    public struct SACKBlock: Hashable, Sendable {
        /// The first sequence number.
        public var first: UInt32

        /// The sequence number after the last.
        public var end: UInt32

        /// A block by its edges.
        public init(first: UInt32, end: UInt32) {
            self.first = first
            self.end = end
        }
    }

    /// Two clocks of RFC 7323 §3.2.
    public struct Timestamps: Hashable, Sendable {
        /// The sender's clock.
        public var value: UInt32

        /// The last value received.
        public var echo: UInt32

        /// Timestamps by their numbers.
        public init(value: UInt32, echo: UInt32) {
            self.value = value
            self.echo = echo
        }
    }

    /// The most SACK blocks: what 40 bytes hold.
    public static let sackBlockLimit = 4

    /// The largest segment the sender takes, in bytes (RFC 9293 §3.7.1).
    public var maximumSegmentSize: UInt16?

    /// By how many bits windows are shifted (RFC 7323 §2.2); as sent, so possibly over 14.
    public var windowScale: UInt8?

    /// Whether the sender understands SACK (RFC 2018 §2).
    public var isSACKPermitted = false

    /// The two clocks.
    public var timestamps: Timestamps?

    /// What arrived out of order; four at most are kept without allocating.
    public private(set) var sackBlockCount = 0
    var sackEdges = [8 of UInt32](repeating: 0)

    /// No options.
    public init() {}

    /// The SACK block at `index`, below ``sackBlockCount``.
    public func sackBlock(_ index: Int) -> SACKBlock {
        precondition(index >= 0 && index < sackBlockCount, "a SACK block that is not there")
        return SACKBlock(first: sackEdges[2 * index], end: sackEdges[2 * index + 1])
    }

    /// Adds a SACK block, of which there are at most ``sackBlockLimit``.
    public mutating func append(_ block: SACKBlock) {
        precondition(sackBlockCount < Self.sackBlockLimit, "too many SACK blocks")
        sackEdges[2 * sackBlockCount] = block.first
        sackEdges[2 * sackBlockCount + 1] = block.end
        sackBlockCount += 1
    }

    /// Whether all that is known is equal.
    public static func == (left: TCPOptions, right: TCPOptions) -> Bool {
        guard left.maximumSegmentSize == right.maximumSegmentSize,
            left.windowScale == right.windowScale,
            left.isSACKPermitted == right.isSACKPermitted,
            left.timestamps == right.timestamps,
            left.sackBlockCount == right.sackBlockCount
        else { return false }
        return (0..<left.sackBlockCount).allSatisfy { left.sackBlock($0) == right.sackBlock($0) }
    }

    /// Hashes all that is known.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(maximumSegmentSize)
        hasher.combine(windowScale)
        hasher.combine(isSACKPermitted)
        hasher.combine(timestamps)
        for index in 0..<sackBlockCount { hasher.combine(sackBlock(index)) }
    }
}

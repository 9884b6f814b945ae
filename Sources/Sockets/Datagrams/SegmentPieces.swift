/// The calls that the bytes of one send with a segment size are sent by: as much as the kernel cuts
/// at once, or one segment each.
///
/// Without a segment size it is one piece, and also for no bytes, which are a datagram too.
struct SegmentPieces {
    /// How many bytes there are.
    private let size: Int
    private let segmentSize: Int?
    private var position = 0
    private(set) var isDone = false

    /// Whether the kernel cuts what is left.
    var isCutByKernel: Bool

    /// The most segments of one call (UDP_MAX_SEGMENTS of Linux 4.18; later ones take more).
    static let segmentLimit = 64
    /// The most bytes of one call: the largest UDP datagram of IPv4.
    static let sizeLimit = 65_507

    init(size: Int, segmentSize: Int?, isCutByKernel: Bool) {
        self.size = size
        self.segmentSize = segmentSize.flatMap { $0 > 0 ? $0 : nil }
        self.isCutByKernel = isCutByKernel
    }

    /// The bytes of the next call.
    var next: Range<Int> {
        guard let segmentSize else { return 0..<size }
        let segments = isCutByKernel ? min(Self.segmentLimit, Self.sizeLimit / segmentSize) : 1
        let (most, isLarge) = max(1, segments).multipliedReportingOverflow(by: segmentSize)
        let left = size - position
        return position..<position + (isLarge ? left : min(left, most))
    }

    /// Whether the next call is for more than one segment.
    var nextHasSegments: Bool { segmentSize.map { next.count > $0 } ?? false }

    /// The call was made; returns how many segments it had.
    mutating func advance() -> Int {
        let count = next.count
        position += count
        isDone = position >= size
        guard let segmentSize, count > 0 else { return 1 }
        return (count - 1) / segmentSize + 1
    }
}

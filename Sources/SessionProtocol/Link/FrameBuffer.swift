/// Finds frames in pieces of a connection's bytes; keeps what is left of one until the rest comes.
struct FrameBuffer: Sendable {
    private var kept: [UInt8] = []

    /// Nothing kept: a new connection.
    mutating func removeAll() { kept = [] }

    /// Bytes kept: less than a frame.
    var keptSize: Int { kept.count }

    /// Calls `body` with where each complete frame's type and fields are, in the order of arrival.
    ///
    /// `body` returns false to stop; then the rest is dropped.
    mutating func forEachFrame(
        of bytes: RawSpan,
        _ body: (RawSpan, Range<Int>) throws(Violation) -> Bool
    ) throws(Violation) {
        var offset = 0
        while !kept.isEmpty {
            guard let size = try Self.frameSize(kept.rawSpan, from: 0) else {
                guard offset < bytes.byteCount else { return }
                kept.append(bytes[offset])
                offset += 1
                continue
            }
            let missing = size.upperBound - kept.count
            if bytes.byteCount - offset < missing {
                kept.append(contentsOf: bytes.copy(offset..<bytes.byteCount))
                return
            }
            kept.append(contentsOf: bytes.copy(offset..<offset + missing))
            offset += missing
            let whole = kept
            kept = []
            guard try body(whole.rawSpan, size) else { return }
        }
        while let frame = try Self.frameSize(bytes, from: offset),
            frame.upperBound <= bytes.byteCount
        {
            offset = frame.upperBound
            guard try body(bytes, frame) else { return }
        }
        if offset < bytes.byteCount { kept = bytes.copy(offset..<bytes.byteCount) }
    }

    /// Where type and fields of the frame at `start` are; nil if its size is not there yet.
    private static func frameSize(
        _ bytes: RawSpan,
        from start: Int
    ) throws(Violation) -> Range<Int>? {
        guard start < bytes.byteCount else { return nil }
        let first = Int(bytes[start])
        if first < 0x40 {
            guard first > 0 else { throw .frameSize }
            return start + 1..<start + 1 + first
        }
        guard first < 0x80 else { throw .frameSize }
        guard start + 1 < bytes.byteCount else { return nil }
        let size = (first & 0x3F) << 8 | Int(bytes[start + 1])
        guard size >= 64 else { throw .longNumber }
        return start + 2..<start + 2 + size
    }
}

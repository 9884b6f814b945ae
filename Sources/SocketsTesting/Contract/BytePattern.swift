internal import Glibc

/// Bytes that tell their place: every lost, doubled or swapped piece shows.
enum BytePattern {
    /// The largest prime below 2^16: no power-of-two buffer lines up with it.
    static let period = 65_521

    /// Two periods, so that any window of one is in one piece.
    private static let table: [UInt8] = {
        var random = SeededRandom(seed: 0x5077_11C4)
        let once = (0..<period).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        return once + once
    }()

    /// `count` bytes from a place in the stream.
    static func bytes(at offset: Int, count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count {
            let place = (offset + bytes.count) % period
            bytes += table[place..<place + min(period, count - bytes.count)]
        }
        return bytes
    }

    /// Checks that bytes are those of a place in the stream.
    static func check(_ bytes: [UInt8], at offset: Int) throws {
        if bytes.isEmpty || areRight(bytes, at: offset) { return }
        let expected = self.bytes(at: offset, count: bytes.count)
        let wrong = zip(bytes, expected).enumerated().first { $1.0 != $1.1 }?.offset ?? 0
        throw Broken("of \(bytes.count) bytes from place \(offset), number \(wrong) is wrong")
    }

    private static func areRight(_ bytes: [UInt8], at offset: Int) -> Bool {
        unsafe bytes.withUnsafeBytes { bytes in
            unsafe table.withUnsafeBytes { table in
                guard let left = bytes.baseAddress, let right = table.baseAddress else {
                    return true
                }
                var count = 0
                while count < bytes.count {
                    let place = (offset + count) % period
                    let size = min(period, bytes.count - count)
                    if unsafe memcmp(left + count, right + place, size) != 0 { return false }
                    count += size
                }
                return true
            }
        }
    }
}

/// The framing of several parts of one representation: multipart/byteranges (RFC 9110 §14.6).
struct MultipartByteRanges: Equatable {
    /// What comes before each range, in order.
    let heads: [[UInt8]]
    /// What comes after the last.
    let tail: [UInt8]
    /// For Content-Type.
    let contentType: String

    /// - Parameters:
    ///   - ranges: At least one, each within the representation.
    ///   - total: The representation's size, in bytes.
    ///   - partType: The representation's own Content-Type.
    ///   - boundary: Something that is not in the bytes: chosen at random, so that nobody can have
    ///     put it there.
    init(ranges: [Range<Int>], total: Int, partType: String, boundary: String) {
        var heads: [[UInt8]] = []
        for range in ranges {
            let fields =
                "\r\n--\(boundary)\r\nContent-Type: \(partType)\r\n"
                + "Content-Range: \(Self.contentRange(range, of: total))\r\n\r\n"
            heads.append(Array(fields.utf8))
        }
        tail = Array("\r\n--\(boundary)--\r\n".utf8)
        self.heads = heads
        contentType = "multipart/byteranges; boundary=\(boundary)"
    }

    /// The value of Content-Range (§14.4): positions are inclusive.
    static func contentRange(_ range: Range<Int>, of total: Int) -> String {
        "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(total)"
    }
}

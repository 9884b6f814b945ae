/// What an echo request carries, so that its reply can be told from anything else.
///
/// The first bytes are a secret of this run and the number of the request: nobody who has not seen
/// the request can make its reply (as far as ``size`` allows), and bytes that changed on the way
/// show.
struct EchoPayload: Sendable {
    /// Bytes after the ICMP header.
    let size: Int
    private let secret: UInt64

    /// As many bytes as the secret and the number take.
    static let markSize = MemoryLayout<UInt64>.size

    init(size: Int, secret: UInt64) {
        self.size = size
        self.secret = secret
    }

    /// The byte at a place of the request with a number.
    private func byte(at place: Int, ofRequest number: Int) -> UInt8 {
        guard place < Self.markSize else { return UInt8(truncatingIfNeeded: place) }
        // An odd multiplier: no two numbers of 2⁶⁴ in a row have the same mark.
        let mark = secret &+ UInt64(bitPattern: Int64(number)) &* 0x9E37_79B9_7F4A_7C15
        return UInt8(truncatingIfNeeded: mark >> UInt64(8 * (Self.markSize - 1 - place)))
    }

    /// Writes the payload of a request to the end of its message.
    func write(number: Int, to message: inout [UInt8], at start: Int) {
        for place in 0..<size { message[start + place] = byte(at: place, ofRequest: number) }
    }

    /// Whether a reply's data is what the request with that number carried.
    func matches(_ data: RawSpan, number: Int) -> Bool {
        guard data.byteCount == size else { return false }
        for place in 0..<size {
            let byte = unsafe data.unsafeLoad(fromByteOffset: place, as: UInt8.self)
            if byte != self.byte(at: place, ofRequest: number) { return false }
        }
        return true
    }
}

/// The first four bytes of each direction of a connection (docs/session-protocol.md §1).
enum Hello {
    static let size = 4
    /// The only version there is so far.
    static let version: UInt8 = 1

    static func bytes(version: UInt8) -> [UInt8] { [0xD3, 0x53, 0x42, version] }

    /// The version asked for, or that holds.
    static func version(in bytes: RawSpan) throws(Violation) -> UInt8 {
        guard bytes[0] == 0xD3, bytes[1] == 0x53, bytes[2] == 0x42 else { throw .hello }
        guard bytes[3] > 0 else { throw .version }
        return bytes[3]
    }
}

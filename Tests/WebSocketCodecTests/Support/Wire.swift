/// Bytes from hexadecimal text, with any white space.
func bytes(_ hex: String) -> [UInt8] {
    let digits = hex.compactMap(\.hexDigitValue).map(UInt8.init)
    precondition(digits.count.isMultiple(of: 2), "half a byte in \(hex)")
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

extension [UInt8] {
    /// Gives the bytes to something that reads them.
    func read<Result, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // Safe: a UInt8 has no padding whose bytes could mean nothing.
        try unsafe body(span.bytes)
    }

    /// Gives the bytes to something that writes them.
    mutating func write<Result, Failure: Error>(
        _ body: (inout MutableRawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var elements = mutableSpan
        // Safe: every byte is a UInt8.
        var raw = unsafe elements.mutableBytes
        return try body(&raw)
    }
}

/// A frame built by hand, byte after byte, so that it owes nothing to the code under test and may be
/// wrong in any way.
///
/// `first` is the whole first byte: FIN, the reserved bits and the opcode.
func frame(
    _ first: UInt8,
    _ payload: [UInt8] = [],
    key: [UInt8]? = [0x37, 0xFA, 0x21, 0x3D]
) -> [UInt8] {
    let mask: UInt8 = key == nil ? 0 : 0x80
    var wire = [first]
    switch payload.count {
    case ..<126: wire.append(mask | UInt8(payload.count))
    case ..<65_536:
        wire += [mask | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
    default:
        wire.append(mask | 127)
        wire += (0..<8).map { UInt8(payload.count >> (56 - 8 * $0) & 0xFF) }
    }
    guard let key else { return wire + payload }
    return wire + key + payload.enumerated().map { $1 ^ key[$0 % 4] }
}

func frame(_ first: UInt8, _ text: String) -> [UInt8] { frame(first, Array(text.utf8)) }

func close(_ code: UInt16, _ reason: String = "") -> [UInt8] {
    frame(0x88, [UInt8(code >> 8), UInt8(code & 0xFF)] + Array(reason.utf8))
}

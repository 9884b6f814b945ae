@testable import Packets

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

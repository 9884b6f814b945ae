extension TextFace {
    /// Bytes that are no line of text: what, and at which byte of the line.
    ///
    /// Who sends such bytes is not a person with a terminal, so it is told and disconnected.
    public enum InputProblem: Error, Hashable, Sendable {
        /// The line is not UTF-8 from this byte on.
        case invalidUTF8(offset: Int, byte: UInt8)
        /// The line has a NUL at this byte.
        case nul(offset: Int)
        /// The line has more bytes than the limit.
        case tooLong(limit: Int)
    }
}

extension TextFace.InputProblem: CustomStringConvertible {
    /// One clause for the peer, such as `byte 3 of your line is 0xff, which is not UTF-8`.
    public var description: String {
        switch self {
        case .invalidUTF8(let offset, let byte):
            "byte \(offset) of your line is 0x\(hex(byte)), which is not UTF-8"
        case .nul(let offset): "byte \(offset) of your line is NUL"
        case .tooLong(let limit): "your line is longer than \(grouped(limit)) bytes"
        }
    }

    private func hex(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
}

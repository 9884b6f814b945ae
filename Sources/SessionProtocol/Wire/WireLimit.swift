/// The sizes that docs/session-protocol.md §9 fixes for everybody, in bytes.
enum WireLimit {
    /// Type and fields of one frame: what a number of two bytes can say.
    static let frame = 16_383
    /// From the hello to the end of `ATTACH`.
    static let greeting = 5_120
    /// Credentials, and the answer to them.
    static let credentials = 4_096
    /// The name of a stream, or a key.
    static let name = 255
    /// Text, detail, where.
    static let text = 1_024
    /// Numbers in one gap.
    static let gapCount: UInt64 = 1 << 32
}

/// What §2, §6 and §7 fix.
enum Rule {
    /// What a message costs beside its payload, in bytes of credit.
    static let messageCharge = 32
    /// Bytes received that make an `ACK` due at once.
    static let acknowledgedSize = 32_768
    /// How long an acknowledgement may wait for other output, in microseconds.
    static let acknowledgementDelay: UInt64 = 50_000
    /// What one stream may write before it is the next one's turn, in bytes.
    static let turnSize = 16_384
    /// Datagrams kept for a stream at either end.
    static let datagramLimit = 64
}

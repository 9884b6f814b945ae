/// Where the bytes of a message or a control frame are.
///
/// What came in one frame and in one piece lies where it was received, unmasked in place, and costs
/// no copy. Everything else was put together in an array, which is yours.
public enum WebSocketPayload: Hashable, Sendable {
    /// These bytes of the input that was given to ``WebSocketMachine/next(_:consumed:output:)``.
    case received(Range<Int>)

    /// Bytes that came in several pieces, or compressed.
    case assembled([UInt8])

    /// How many bytes there are.
    public var size: Int {
        switch self {
        case .received(let range): range.count
        case .assembled(let bytes): bytes.count
        }
    }

    /// Lends the bytes.
    ///
    /// `input` is the span that the event came from, not yet overwritten.
    @inlinable
    public func withBytes<Result: ~Copyable, Failure: Error>(
        in input: borrowing MutableRawSpan,
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        switch self {
        case .received(let range): try body(input.bytes.extracting(range))
        // Safe: a UInt8 has no padding whose bytes could mean nothing.
        case .assembled(let bytes): try unsafe body(bytes.span.bytes)
        }
    }

    /// A copy of the bytes; no copy if they were put together in an array.
    public func array(in input: borrowing MutableRawSpan) -> [UInt8] {
        switch self {
        case .received(let range):
            unsafe input.bytes.extracting(range).withUnsafeBytes { unsafe Array($0) }
        case .assembled(let bytes): bytes
        }
    }

    /// A copy of the bytes as text; bytes that are not UTF-8, which no text message has, become
    /// U+FFFD.
    public func text(in input: borrowing MutableRawSpan) -> String {
        withBytes(in: input) { bytes in
            unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
        }
    }
}

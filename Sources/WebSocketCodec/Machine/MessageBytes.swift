/// The bytes of a message so far: checked as they come, so that the first wrong one ends it and none
/// is kept beyond the limit.
struct MessageBytes: Sendable {
    /// The bytes.
    private(set) var array: [UInt8] = []

    /// Whether the text so far is UTF-8; nil for bytes.
    private var utf8: UTF8Check?

    /// ``WebSocketLimits/messageSizeLimit``.
    private let limit: Int

    init(isText: Bool, limit: Int) {
        utf8 = isText ? UTF8Check() : nil
        self.limit = limit
    }

    /// Takes the next bytes.
    ///
    /// What is within the limit is checked before the limit is: however the same bytes are cut into
    /// pieces, it is the first wrong byte that is refused.
    mutating func append(_ piece: RawSpan) throws(WebSocketViolation.Cause) {
        let fitting = piece.extracting(..<min(piece.byteCount, limit - array.count))
        guard utf8?.isValid(fitting) != false else { throw .textNotUTF8 }
        guard fitting.byteCount == piece.byteCount else { throw .messageTooBig(limit: limit) }
        reserve(piece.byteCount)
        array.append(piece)
    }

    /// Ends the message.
    ///
    /// - Throws: if it ends inside a character.
    func finish() throws(WebSocketViolation.Cause) -> [UInt8] {
        guard utf8?.isComplete != false else { throw .textNotUTF8 }
        return array
    }

    /// Makes room by doubling, as appending does, but never past the limit.
    private mutating func reserve(_ more: Int) {
        let needed = array.count + more
        guard needed > array.capacity else { return }
        array.reserveCapacity(max(needed, min(limit, array.capacity * 2)))
    }
}

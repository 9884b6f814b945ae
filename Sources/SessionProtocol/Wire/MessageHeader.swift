/// What stands before the payload in `MESSAGE` and `WITHDRAWN`.
struct MessageHeader: Hashable, Sendable {
    static let type: UInt8 = 0x40
    static let moreFlag: UInt8 = 1
    static let endFlag: UInt8 = 2
    static let expiryFlag: UInt8 = 4
    static let withdrawnFlag: UInt8 = 8

    /// Whether a frame's type is `MESSAGE` or `WITHDRAWN`.
    static func isOf(_ type: UInt8) -> Bool { type & 0xF0 == Self.type }

    var stream: UInt64
    /// The message goes on in the stream's next frame.
    var hasMore = false
    /// The flow ends behind this message.
    var endsFlow = false
    /// The moment on the sender's clock from which it must not be taken.
    var expiry: UInt64?
    /// The payload means nothing.
    var isWithdrawn = false

    var typeByte: UInt8 {
        Self.type | (hasMore ? Self.moreFlag : 0) | (endsFlow ? Self.endFlag : 0)
            | (expiry != nil ? Self.expiryFlag : 0) | (isWithdrawn ? Self.withdrawnFlag : 0)
    }

    /// Type and fields before the payload, in bytes.
    var size: Int { 1 + Varint.size(stream) + (expiry.map(Varint.size) ?? 0) }

    /// Writes size, type and fields of a frame whose payload of `payloadSize` bytes the caller
    /// appends.
    func write(payloadSize: Int, into bytes: inout [UInt8]) {
        bytes.append(number: UInt64(size + payloadSize))
        bytes.append(typeByte)
        bytes.append(number: stream)
        if let expiry { bytes.append(number: expiry) }
    }
}

extension MessageHeader {
    init(type: UInt8, _ reader: inout FieldReader, _ bytes: RawSpan) throws(Violation) {
        hasMore = type & Self.moreFlag != 0
        endsFlow = type & Self.endFlag != 0
        isWithdrawn = type & Self.withdrawnFlag != 0
        stream = try reader.number(bytes)
        if type & Self.expiryFlag != 0 { expiry = try reader.number(bytes) }
    }
}

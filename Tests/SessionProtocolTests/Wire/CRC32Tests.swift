import Testing

@testable import SessionProtocol

@Suite struct CRC32Tests {
    /// The check value of the catalogue of parametrised CRC algorithms, "CRC-32/ISO-HDLC".
    @Test func theDigitsHaveTheKnownSum() {
        var sum = CRC32()
        sum.update([UInt8]("123456789".utf8))
        #expect(sum.value == 0xCBF4_3926)
    }

    @Test func piecesOfAnySizeGiveTheSameSum() {
        let bytes = (0..<100).map { UInt8(truncatingIfNeeded: $0 * 37) }
        var whole = CRC32()
        whole.update(bytes)
        for cut in 0...bytes.count {
            var sum = CRC32()
            sum.update([UInt8](bytes[..<cut]))
            sum.update([UInt8](bytes[cut...]))
            #expect(sum.value == whole.value)
        }
    }

    /// Computed with Python: zlib.crc32(struct.pack(">QQ", 4, 17) + b"hello").
    @Test func aMessagesHashIsOfStreamNumberAndPayload() {
        #expect(CRC32.hash(stream: 4, number: 17, [UInt8]("hello".utf8)) == 0x6010_CA35)
    }
}

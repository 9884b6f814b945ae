import SocketsTesting
import Testing
import WebSocketCodec

@Suite struct WebSocketMaskingKeyTests {
    @Test func masksAsTheStandardsExample() {
        // RFC 6455 §5.7: "Hello" under 37fa213d.
        var text = Array("Hello".utf8)
        text.write { WebSocketMaskingKey(0x37FA_213D).apply(to: &$0) }
        #expect(text == bytes("7f9f4d5158"))
    }

    /// RFC 6455 §5.3 as it is written: octet i is XORed with octet i modulo 4 of the key.
    private func naive(_ data: [UInt8], _ key: UInt32, _ offset: Int) -> [UInt8] {
        data.enumerated().map { index, byte in
            byte ^ UInt8(truncatingIfNeeded: key >> (24 - 8 * UInt32((index + offset) % 4)))
        }
    }

    @Test func equalsTheNaiveLoopAtEveryLengthOffsetAndAlignment() {
        var random = SeededRandom(seed: SeededRandom.testSeed)
        for size in Array(0...200) + [1000, 4097] {
            let data = (0..<size).map { _ in UInt8.random(in: 0...255, using: &random) }
            let key = UInt32.random(in: 0 ... .max, using: &random)
            for offset in [0, 1, 2, 3, 4, 125, .max] {
                var copy = data
                copy.write { WebSocketMaskingKey(key).apply(to: &$0, offset: offset) }
                #expect(copy == naive(data, key, offset % 4), "\(size) bytes at \(offset)")
            }
            let start = min(size, size % 17)
            var copy = data
            copy.write { span in
                var part = span._mutatingExtracting(start..<size)
                WebSocketMaskingKey(key).apply(to: &part, offset: start)
            }
            #expect(copy == data[..<start] + naive(Array(data[start...]), key, start))
        }
    }

    @Test func aKeyOfZeroChangesNothing() {
        var data = Array("unchanged".utf8)
        data.write { WebSocketMaskingKey(0).apply(to: &$0, offset: 3) }
        #expect(data == Array("unchanged".utf8))
        #expect(WebSocketMaskingKey(0x0102_0304).value == 0x0102_0304)
    }
}

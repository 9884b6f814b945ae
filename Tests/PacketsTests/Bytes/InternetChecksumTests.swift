import Packets
import SocketsTesting
import Testing

@Suite struct InternetChecksumTests {
    @Test func exampleOfRFC1071() {
        // §3: the sum of these is 0xDDF2.
        let value = bytes("0001 f203 f4f5 f6f7").read { InternetChecksum.of($0) }
        #expect(value == ~0xDDF2)
    }

    @Test func nothingSumsToZero() {
        #expect([UInt8]().read { InternetChecksum.of($0) } == 0xFFFF)
    }

    @Test func aMissingLastByteCountsAsZero() {
        #expect([0xAB].read { InternetChecksum.of($0) } == ~0xAB00)
    }

    @Test func allOnesStayAllOnes() {
        let ones = [UInt8](repeating: 0xFF, count: 65_536)
        #expect(ones.read { InternetChecksum.of($0) } == 0)
    }

    @Test func isThatOfAPlainSumInAnyPieces() {
        var random = SeededRandom(seed: SeededRandom.testSeed)
        for _ in 0..<2000 {
            let data = (0..<Int.random(in: 0...200, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            var checksum = InternetChecksum()
            var start = 0
            while start < data.count {
                let end = Int.random(in: start...data.count, using: &random)
                Array(data[start..<end]).read { checksum.add($0) }
                start = end
            }
            #expect(checksum.value == plain(data))
        }
    }

    /// RFC 1071 §4.1, word by word.
    private func plain(_ data: [UInt8]) -> UInt16 {
        var sum = 0
        for (index, byte) in data.enumerated() {
            sum += Int(byte) << (index.isMultiple(of: 2) ? 8 : 0)
        }
        while sum > 0xFFFF { sum = sum & 0xFFFF + sum >> 16 }
        return ~UInt16(sum)
    }
}

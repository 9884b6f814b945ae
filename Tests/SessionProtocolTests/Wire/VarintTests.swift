import Testing

@testable import SessionProtocol

@Suite struct VarintTests {
    @Test(arguments: [
        (0 as UInt64, "00"), (37, "25"), (63, "3f"), (64, "4040"), (15_293, "7bbd"),
        (16_383, "7fff"), (16_384, "80004000"), (494_878_333, "9d7f3e7d"),
        (1_073_741_823, "bfffffff"), (1_073_741_824, "c000000040000000"),
        (151_288_809_941_952_652, "c2197c5eff14e88c"), (Varint.greatest, "ffffffffffffffff"),
    ])
    func numbersAreAsInQUIC(_ value: UInt64, _ text: String) throws {
        var bytes: [UInt8] = []
        bytes.append(number: value)
        #expect(bytes == hex(text))
        #expect(Varint.size(value) == bytes.count)
        var reader = FieldReader(0..<bytes.count)
        #expect(try reader.number(bytes.rawSpan) == value)
        for size in 0..<bytes.count {
            var reader = FieldReader(0..<size)
            #expect(throws: Violation.truncated) { try reader.number(bytes.rawSpan) }
        }
    }
}

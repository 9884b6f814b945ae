import Testing

@testable import ChatCore

@Suite struct LogPropertyTests {
    @Test func whatIsWrittenIsReadAsItWas() throws {
        let seed = UInt64.random(in: 0..<1 << 32)
        var records = RandomRecords(seed: seed)
        for number in 0..<2_000 {
            let record = records.next()
            let bytes = try record.encoded()
            #expect(try LogRecord(bytes: bytes) == record, "seed \(seed), record \(number)")
        }
    }

    @Test func offsetsOfARecordLieBetweenThoseOfItsNeighbours() throws {
        for record: UInt64 in [0, 1, 2, 1 << 40, LogOffset.recordLimit - 1] {
            let first = try #require(LogOffset(record: record, place: 0))
            let last = try #require(LogOffset(record: record, place: 1_023))
            let next = try #require(LogOffset(record: record + 1, place: 0))
            #expect(first < last && last < next)
            #expect(last.record == record && last.place == 1_023)
            #expect(next.rawValue - first.rawValue == 1_024)
        }
        #expect(
            LogOffset(record: LogOffset.recordLimit, place: 1_023)?.rawValue == UInt64(Int64.max)
        )
        #expect(LogOffset(record: LogOffset.recordLimit + 1, place: 0) == nil)
        #expect(LogOffset(record: 1, place: 1_024) == nil)
        #expect(LogOffset(record: 1, place: -1) == nil)
    }

    @Test func messageIDsSortAsOffsetsDoAndAreReadBack() throws {
        let log = LogID(0x1234_5678_9ABC_DEF0)
        let numbers: [UInt64] = [0, 1, 31, 32, 1_023, 1_024, 1 << 40, UInt64(Int64.max)]
        let names = try numbers.map { number in
            MessageID(log: log, offset: try #require(LogOffset(number)))
        }
        #expect(names.map(\.description) == names.map(\.description).sorted())
        for name in names { #expect(MessageID(name.description) == name) }
        for wrong in ["", "-", "0", names[0].description.uppercased() + "0", "é"] {
            #expect(MessageID(wrong) == nil)
        }
        // Beyond 63 bits, and beyond 64.
        #expect(MessageID("0000000000000-8000000000000") == nil)
        #expect(LogID("vvvvvvvvvvvvv") == nil)
    }

    @Test func proposalIDsAreUUIDsOfVersion7() throws {
        let time = WallTime(milliseconds: 0x0190_B5A7_1234)
        let id = ProposalID(milliseconds: time, random: (.max, .max))
        #expect(id.description == "0190b5a7-1234-7fff-bfff-ffffffffffff")
        #expect(id.time == time)
        #expect(ProposalID(id.description) == id)
        #expect(ProposalID(id.description.uppercased()) == id)
        #expect(ProposalID(bytes: id.bytes) == id)
        for wrong in [
            "", "0190b5a7-1234-4fff-bfff-ffffffffffff", "0190b5a7-1234-7fff-ffff-ffffffffffff",
            "0190b5a7x1234-7fff-bfff-ffffffffffff", "0190b5a7-1234-7fff-bfff-fffffffffffg",
        ] {
            #expect(ProposalID(wrong) == nil)
        }
    }
}

import Testing

@testable import ChatCore

/// Records as literal bytes, both ways: what `docs/log-format.md` promises.
@Suite struct LogBytesTests {
    @Test func aRecordWithOneMessageIsTheseBytes() throws {
        var said = MessageSaid()
        said.target = .room("#lobby")
        said.by = Signature(nick: "ada")
        said.text = "hello"
        let record = LogRecord(
            node: "n",
            epoch: try #require(LogOffset(record: 1, place: 0)),
            sequence: 2,
            time: WallTime(milliseconds: 300),
            entries: [LogEntry(author: 7, body: .said(said))]
        )
        let bytes: [UInt8] = [
            0x08, 1,  // version 1
            0x12, 1, UInt8(ascii: "n"),  // node
            0x18, 0x80, 0x08,  // epoch 1024
            0x20, 2,  // sequence
            0x28, 0xAC, 0x02,  // time 300
            0x32, 29,  // an entry
            0x08, 7,  // author
            0x82, 0x01, 24,  // body 16
            0x0A, 8, 0x0A, 6, 35, 108, 111, 98, 98, 121,  // in room #lobby
            0x12, 5, 0x0A, 3, 97, 100, 97,  // by ada
            0x22, 5, 104, 101, 108, 108, 111,  // hello
        ]
        #expect(try record.encoded() == bytes)
        #expect(try LogRecord(bytes: bytes) == record)
    }

    /// What decision 0018 says of the size.
    @Test func aMessageOfFortyLettersTakesEightyFourBytesOfItsRecord() throws {
        var said = MessageSaid()
        said.target = .room("#lobby")
        said.by = Signature(nick: "ada")
        said.text = String(repeating: "x", count: 40)
        let time = WallTime(milliseconds: 1_790_000_000_000)
        let entry = LogEntry(
            author: 70,
            proposal: ProposalID(milliseconds: time, random: (1, 2)),
            body: .said(said)
        )
        var record = LogRecord(node: "n", epoch: .zero, sequence: 1, time: time, entries: [])
        let emptySize = try record.encoded().count
        record.entries = [entry]
        #expect(try record.encoded().count - emptySize == 84)
    }

    @Test func bodiesAndFieldsOfNewerVersionsAreKept() throws {
        let bytes: [UInt8] = [
            0x08, 1, 0x20, 1, 0x28, 1,
            0x32, 9,  // an entry
            0x08, 1,  // author
            0x98, 0x06, 5,  // field 99, a number
            0x92, 0x06, 1, 0xFF,  // body 98
            0xA2, 0x06, 1, 7,  // field 100 of the record
        ]
        // Field 99 is a number, so it is no body: only what has a size is one.
        let record = try LogRecord(bytes: bytes)
        #expect(record.entries.first?.body == .unknown(number: 98, bytes: [0xFF]))
        let again = try LogRecord(bytes: record.encoded())
        #expect(again == record)
        #expect(try again.encoded().count == bytes.count)
    }

    @Test func aVersionThatIsNewerIsRefused() {
        #expect(throws: LogFormatError(problem: .version(2), offset: 0)) {
            try LogRecord(bytes: [0x08, 2])
        }
    }

    @Test(arguments: [
        ([0x08], LogFormatError.Problem.cut),  // no value
        ([0x0D, 0, 0, 0, 0], .kind(5)),  // 32 bits, which the format does not use
        ([0x0B], .kind(3)),  // a group
        ([0x00, 0], .fieldNumber),
        ([0x12, 5, 97], .cut),  // text beyond the end
        ([0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 2], .number),
        ([0x08, 1, 0x12, 1, 0xFF], .text(field: 2)),
        ([0x08, 1, 0x28, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1], .value(field: 5)),
        ([0x08, 1, 0x32, 2, 0x08, 1], .body),  // none
        ([0x08, 1, 0x32, 6, 0x82, 1, 0, 0x82, 1, 0], .body),  // two
        ([0x12, 1, 97], .missing(field: 1)),
    ])
    func brokenBytesAreRefusedWithWhatIsWrong(bytes: [UInt8], problem: LogFormatError.Problem) {
        do {
            _ = try LogRecord(bytes: bytes)
            Issue.record("taken")
        } catch {
            #expect(error.problem == problem)
            #expect(error.offset <= bytes.count)
        }
    }

    @Test func everyCutOfARecordIsRefusedOrIsARecordOfFewerFields() throws {
        let bytes = try RandomRecords(seed: 1).record().encoded()
        for size in 0..<bytes.count {
            let cut = try? LogRecord(bytes: Array(bytes[..<size]))
            if let cut { #expect(try cut.encoded().count <= size) }
        }
    }
}

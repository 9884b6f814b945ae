import HTTPTypes
import Testing

@testable import HTTP

@Suite struct UploadNamesTests {
    @Test func aPartialNameSaysWhatItIsAPartOf() throws {
        let name = PartialName(target: Array("a.b".utf8), identity: .resumable(total: 100))
        #expect(String(decoding: name.bytes, as: UTF8.self) == "100.a.b")
        #expect(PartialName(parsing: name.bytes) == name)
        let single = PartialName(target: [0xFF], identity: .single(token: 0xAB))
        #expect(PartialName(parsing: single.bytes) == single)
    }

    @Test(arguments: [
        "", ".", "a", "1", "1.", ".a", "a.b", "01.a", "+.a", "+AB.a", "+0ab.a", "-1.a", "1", "+1.",
        ".1.a.upload",
    ]) func otherFilesAreNotUploads(name: String) {
        #expect(PartialName(parsing: Array(name.utf8)) == nil)
    }

    @Test func aLongNameFitsOnlyIfItIsNotResumed() {
        let long = [UInt8](repeating: 0x61, count: 255)
        #expect(!PartialName(target: long, identity: .resumable(total: 1)).fits)
        #expect(PartialName(target: long, identity: .single(token: .max)).fits)
    }

    private func range(_ fields: HTTPFields) -> UploadRange? { UploadRange(fields) }

    @Test func contentRangeSaysWhereTheBodyBelongs() {
        #expect(range([:]) == UploadRange(offset: 0, count: nil, total: nil))
        #expect(range([.contentLength: "5"]) == UploadRange(offset: 0, count: 5, total: 5))
        let part = range([.contentRange: "bytes 5-9/20", .contentLength: "5"])
        #expect(part == UploadRange(offset: 5, count: 5, total: 20))
        #expect(part?.isLast == false)
        #expect(range([.contentRange: "bytes 5-19/20"])?.isLast == true)
        #expect(range([:])?.isLast == true)
    }

    @Test(
        arguments: [
            ("bytes 5-9/*", nil), ("bytes */20", nil), ("bytes 9-5/20", nil),
            ("bytes 5-20/20", nil),
            ("items 5-9/20", nil), ("bytes=5-9/20", nil), ("bytes 5-9", nil), ("bytes 5-9/20", "6"),
            ("bytes 5-9/20", "x"), ("bytes +5-9/20", nil), ("bytes 5-9-9/20", nil), ("", nil),
            ("bytes 0-99999999999999999999/99999999999999999999", nil),
        ] as [(String, String?)]
    ) func whatBreaksTheGrammarIsRefused(text: String, length: String?) {
        var fields: HTTPFields = [.contentRange: text]
        fields[.contentLength] = length
        #expect(range(fields) == nil)
    }
}

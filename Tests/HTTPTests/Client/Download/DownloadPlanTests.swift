import HTTPCodec
import Testing

@testable import HTTP

struct DownloadPlanTests {
    private let url = "http://h/f"
    private var record: DownloadRecord { DownloadRecord(url: url, validator: "\"a\"", total: 10) }

    private func decide(
        _ status: Int,
        _ fields: HTTPFields = [:],
        length: UInt64? = nil,
        from offset: Int = 5,
        _ record: DownloadRecord?
    ) -> DownloadPlan.Decision {
        let response = HTTPResponse(status: .init(code: status), headerFields: fields)
        return DownloadPlan.decide(on: response, length: length, from: offset, record, url: url)
    }

    @Test(arguments: [(0, 0), (1, 1), (9, 9), (10, 9), (11, 0)])
    func asksForWhatIsMissing(_ size: Int, _ offset: Int) {
        #expect(DownloadPlan.offset(having: size, record, url: url) == offset)
        #expect(DownloadPlan.offset(having: size, nil, url: url) == 0)
        #expect(DownloadPlan.offset(having: size, record, url: "http://h/g") == 0)
    }

    @Test func theConditionIsTheTag() {
        let fields = DownloadPlan.fields(from: 5, record)
        #expect(fields[.range] == "bytes=5-")
        #expect(fields[.ifRange] == "\"a\"")
        #expect(DownloadPlan.fields(from: 0, record)[.range] == nil)
    }

    @Test func aPartThatFitsIsContinued() {
        let grown = decide(206, [.contentRange: "bytes 5-9/10", .eTag: "\"a\""], record)
        #expect(grown == .write(at: 5, total: 10, record))
        #expect(
            decide(206, [.contentRange: "bytes 5-7/*"], record) == .write(at: 5, total: 10, record)
        )
    }

    @Test(
        arguments: [
            [.contentRange: "bytes 4-9/10"], [.contentRange: "bytes 5-9/11"], [:],
            [.contentRange: "bytes */10"],
            [.contentRange: "bytes 5-9/10", .eTag: "\"b\""], [.contentRange: "lines 5-9/10"],
            [.contentRange: "bytes 9-5/10"], [.contentRange: "bytes 5-10/10"],
            [.contentRange: "bytes 5-9223372036854775807/*"],
            [.contentRange: "bytes 5-99999999999999999999/*"],
        ] as [HTTPFields]
    )
    func aPartThatDoesNotFitIsNot(_ fields: HTTPFields) {
        #expect(decide(206, fields, record) == .startOver)
    }

    @Test func aWholeReplacesThePart() {
        let decision = decide(200, [.eTag: "\"b\""], length: 7, record)
        #expect(
            decision
                == .write(at: 0, total: 7, DownloadRecord(url: url, validator: "\"b\"", total: 7))
        )
        #expect(decide(200, [.eTag: "W/\"b\""], record) == .write(at: 0, total: nil, nil))
    }

    @Test func aDateServesWhereItIsStrong() {
        let earlier = "Sun, 06 Nov 1994 08:49:36 GMT"
        let later = "Sun, 06 Nov 1994 08:49:37 GMT"
        let strong = decide(200, [.lastModified: earlier, .date: later], nil)
        #expect(
            strong
                == .write(
                    at: 0,
                    total: nil,
                    DownloadRecord(url: url, validator: earlier, total: nil)
                )
        )
        #expect(
            decide(200, [.lastModified: later, .date: later], nil) == .write(at: 0, total: nil, nil)
        )
        #expect(decide(200, [.lastModified: earlier], nil) == .write(at: 0, total: nil, nil))
    }

    @Test func otherAnswers() {
        #expect(decide(416, [:], record) == .startOver)
        #expect(decide(416, [:], from: 0, nil) == .fail(.rangeNotSatisfiable))
        #expect(decide(206, [.contentRange: "bytes 0-9/10"], from: 0, nil) == .mismatch)
        #expect(decide(404, [:], record) == .fail(.notFound))
        #expect(DownloadPlan.isTemporary(.serviceUnavailable))
        #expect(!DownloadPlan.isTemporary(.notFound))
    }

    @Test func aRecordReadsBack() {
        for total in [nil, 0, 10] {
            let record = DownloadRecord(url: url, validator: "\"a b\"", total: total)
            #expect(DownloadRecord(parsing: record.text) == record)
        }
        for text in ["", "x", record.text + "x", "switchboard download 1\nu\n\n-\n", "\n\n\n\n"] {
            #expect(DownloadRecord(parsing: text) == nil)
        }
    }

    @Test func pausesGrowToABound() {
        #expect(DownloadPlan.pauseLimit(after: 1) == .milliseconds(250))
        #expect(DownloadPlan.pauseLimit(after: 3) == .seconds(1))
        #expect(DownloadPlan.pauseLimit(after: .max) == .seconds(30))
    }
}

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
        guard case .startOver = decide(206, fields, record) else {
            Issue.record("a part that does not fit was continued")
            return
        }
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
        #expect(decide(416, [:], record) == .startOver(.changed))
        #expect(decide(416, [:], from: 0, nil) == .fail(.rangeNotSatisfiable))
        #expect(decide(206, [.contentRange: "bytes 0-9/10"], from: 0, nil) == .mismatch)
        #expect(decide(404, [:], record) == .fail(.notFound))
        #expect(DownloadPlan.isTemporary(.serviceUnavailable))
        #expect(!DownloadPlan.isTemporary(.notFound))
    }

    /// Any 2xx is what was asked for, and a part that nobody asked for is not.
    @Test(arguments: [201, 202, 203, 204, 205, 226, 299])
    func everySuccessIsWritten(_ status: Int) {
        #expect(decide(status, [:], length: 3, from: 0, nil) == .write(at: 0, total: 3, nil))
        #expect(decide(status, [:], from: 5, record) == .write(at: 0, total: nil, nil))
    }

    @Test func aRangeOfTheCallersIsTakenAsItComes() {
        let response = HTTPResponse(
            status: .partialContent,
            headerFields: [.contentRange: "bytes 2-4/10", .eTag: "\"a\""]
        )
        let decision = DownloadPlan.decide(
            on: response,
            length: 3,
            from: 0,
            nil,
            url: url,
            isRangeOfUser: true
        )
        #expect(decision == .write(at: 0, total: 3, nil))
    }

    @Test func whyItBeginsAgainIsSaid() {
        let other = DownloadRecord(url: url, validator: "\"b\"", total: 10)
        let same = DownloadPlan.reasonToStartOver(from: 5, record, record, url: url)
        #expect(same == .notContinued)
        #expect(DownloadPlan.reasonToStartOver(from: 5, record, other, url: url) == .changed)
        #expect(DownloadPlan.reasonToStartOver(from: 0, nil, other, url: url) == .unverifiable)
        let elsewhere = DownloadPlan.reasonToStartOver(from: 0, record, other, url: "http://h/g")
        #expect(elsewhere == .otherSource)
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

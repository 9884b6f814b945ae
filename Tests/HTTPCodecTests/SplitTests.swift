import HTTPCodec
import Testing

/// The same bytes give the same events, however the network cut them.
struct SplitTests {
    @Test(arguments: RecordedRequests.all + SmugglingTests.pipelines)
    func everyCutOfARequestGivesTheSame(_ text: String) {
        let bytes = Array(text.utf8)
        let whole = observeRequests([bytes[...]])
        #expect(whole.violation == nil)
        for (cut, pieces) in everyCut(bytes).enumerated() {
            #expect(observeRequests(pieces) == whole, "cut \(cut)")
        }
    }

    @Test(arguments: SmugglingTests.cases)
    func everyCutOfARefusedRequestGivesTheSame(_ attempt: SmugglingTests.Attempt) {
        let whole = observeRequests([attempt.bytes[...]])
        for (cut, pieces) in everyCut(attempt.bytes).enumerated() {
            #expect(observeRequests(pieces) == whole, "\(attempt.name), cut \(cut)")
        }
    }

    @Test func everyCutOfAResponseGivesTheSame() {
        for recorded in RecordedResponses.all {
            let bytes = Array(recorded.text.utf8)
            let whole = observeResponses([bytes[...]], to: recorded.methods)
            #expect(whole.violation == nil, "\(recorded.text)")
            for (cut, pieces) in everyCut(bytes).enumerated() {
                let observed = observeResponses(pieces, to: recorded.methods)
                #expect(observed == whole, "\(recorded.text), cut \(cut)")
            }
        }
    }

    @Test func everyCutAtEveryLimitGivesTheSame() {
        let bytes = Array(
            ("POST /a/b HTTP/1.1\r\nHost: h\r\nX: 1234567\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "3;ext=1\r\nabc\r\n0\r\nA: b\r\nC: d\r\n\r\n").utf8
        )
        for size in 0...80 {
            for limits in HTTPLimits.oneAtATime(size) {
                let whole = observeRequests([bytes[...]], limits: limits)
                for pieces in everyCut(bytes) {
                    #expect(observeRequests(pieces, limits: limits) == whole, "\(limits)")
                }
            }
        }
    }

    @Test func everyCutOfABodyBeyondTheLimitGivesWhatIsWithinIt() {
        let bytes = Array("HTTP/1.1 200 OK\r\n\r\n0123456789".utf8)
        var limits = HTTPLimits()
        limits.bodySize = 4
        let whole = observeResponses([bytes[...]], to: [.get], limits: limits)
        #expect(whole.violation?.rule == .bodyTooLarge)
        #expect(whole.violation?.offset == 23)
        #expect(whole.contains(.body(Array("0123".utf8))))
        for pieces in everyCut(bytes) {
            #expect(observeResponses(pieces, to: [.get], limits: limits) == whole)
        }
    }
}

extension HTTPLimits {
    /// Limits of which one is `size` and the others are the defaults, for each in turn.
    static func oneAtATime(_ size: Int) -> [HTTPLimits] {
        var all: [HTTPLimits] = []
        for path: WritableKeyPath<HTTPLimits, Int> in [
            \.startLineSize, \.fieldsSize, \.fieldCount, \.chunkExtensionsSize, \.trailersSize,
        ] {
            var limits = HTTPLimits()
            limits[keyPath: path] = size
            all.append(limits)
        }
        var limits = HTTPLimits()
        limits.bodySize = UInt64(size)
        return all + [limits]
    }
}

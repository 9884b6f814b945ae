import HTTPCodec
import Testing

struct ResponseParserTests {
    private func heads(_ observed: [Observed]) -> [ResponseHead] {
        observed.compactMap { if case .response(let head) = $0 { head } else { nil } }
    }

    @Test func framingFollowsTheMethodAndStatus() {
        let pipeline = RecordedResponses.pipeline
        let observed = observeResponses(pipeline.text, to: pipeline.methods)
        #expect(heads(observed).map(\.framing) == [.length(5), .none, .none, .none, .chunked])
        #expect(observed.bodies == ["hello", "none"])
        #expect(observed.last == .streamEnd(.idle))
    }

    @Test func interimResponsesComeFirst() {
        let hints = RecordedResponses.earlyHints
        let observed = observeResponses(hints.text, to: hints.methods)
        let interim = observed.filter { if case .interim = $0 { true } else { false } }
        #expect(interim.count == 2)
        #expect(heads(observed).map(\.response.status.code) == [200])
        #expect(observed.bodies == ["x"])
    }

    @Test(arguments: [
        (RecordedResponses.switched.methods, RecordedResponses.switched.text, 8),
        (RecordedResponses.tunnel.methods, RecordedResponses.tunnel.text, 3),
    ]) func otherProtocolIsLeftInTheInput(
        _ methods: [HTTPRequest.Method],
        _ text: String,
        _ rest: Int
    ) throws {
        var parser = ResponseParser()
        for method in methods { parser.expect(method) }
        let bytes = Array(text.utf8)
        var consumed = 0
        var events: [ResponseParser.Event] = []
        while let event = try unsafe parser.next(bytes.span.bytes, consumed: &consumed) {
            events.append(event)
        }
        #expect(events.count == 2)
        #expect(events.last == .end)
        #expect(parser.hasSwitched)
        #expect(bytes.count - consumed == rest)
    }

    @Test func closeCompletesABodyWithoutLength() {
        let recorded = RecordedResponses.untilClose
        let observed = observeResponses(recorded.text, to: recorded.methods)
        #expect(observed.bodies == ["<html>\r\n\r\nHTTP/1.1"])
        #expect(observed.last == .streamEnd(.complete))
        #expect(heads(observed).map(\.keepsConnection) == [false])
    }

    @Test func closeIsTruncationElsewhere() {
        #expect(observeResponses("", to: [.get]).last == .streamEnd(.unanswered))
        #expect(observeResponses("", to: []).last == .streamEnd(.idle))
        for text in [
            "H", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n",
            "HTTP/1.1 100 Continue\r\n\r\n",
        ] {
            #expect(observeResponses(text, to: [.get]).last == .streamEnd(.truncated), "\(text)")
        }
    }

    @Test(arguments: [
        ("HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\nabcde", HTTPRule.unexpectedFraming),
        ("HTTP/1.1 204 No\r\nTransfer-Encoding: chunked\r\n\r\n", .unexpectedFraming),
        ("HTTP/1.1 100 Go\r\nContent-Length: 5\r\n\r\nabcde", .unexpectedFraming),
        ("HTTP/1.1 101 Go\r\n\r\n", .unexpectedSwitch),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
            .repeatedContentLength
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            .conflictingFraming
        ),
        ("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", .transferEncodingInOldVersion),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", .unsupportedTransferCoding),
        ("HTTP/1.1 2000 OK\r\n\r\n", .malformedStatusLine),
        ("HTTP/1.1 20 OK\r\n\r\n", .malformedStatusLine),
        ("HTTP/1.1 099 OK\r\n\r\n", .malformedStatusLine),
        ("HTTP/1.1  200 OK\r\n\r\n", .malformedStatusLine),
        ("HTTP/1.1 +20 OK\r\n\r\n", .malformedStatusLine),
        ("HTTP/1.1\r\n\r\n", .malformedStatusLine),
        ("HTTP/1.1 200 O\u{1}K\r\n\r\n", .malformedStatusLine),
        ("HTTP/1.1 200 O\rK\r\n\r\n", .bareCarriageReturn),
        ("HTTP/2.0 200 OK\r\n\r\n", .unsupportedVersion),
        ("HTTX/1.1 200 OK\r\n\r\n", .malformedVersion),
        ("SSH-2.0-OpenSSH\r\n", .notHTTP),
        ("HTTP/1.1 200 OK\r\n folded\r\n\r\n", .foldedLine),
        ("\r\nHTTP/1.1 200 OK\r\n\r\n", .notHTTP),
    ]) func brokenResponseIsRefused(_ text: String, _ rule: HTTPRule) {
        let violation = observeResponses(text, to: [.get]).violation
        #expect(violation?.rule == rule)
        #expect(violation?.status == nil)
    }

    @Test func responseToNothingIsRefused() {
        let ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        let observed = observeResponses(ok + ok, to: [.get])
        #expect(observed.violation?.rule == .unexpectedResponse)
        #expect(observed.violation?.offset == UInt64(ok.utf8.count))
    }

    @Test func interimFloodIsRefused() {
        let flood = String(repeating: "HTTP/1.1 103 Hints\r\n\r\n", count: 17)
        #expect(observeResponses(flood, to: [.get]).violation?.rule == .tooManyInterimResponses)
    }

    @Test func longPipelineIsAnsweredInOrder() {
        var text = ""
        var methods: [HTTPRequest.Method] = []
        for number in 0..<100 {
            methods.append(number.isMultiple(of: 3) ? .head : .get)
            text += "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n"
            if methods.last == .get { text += "." }
        }
        let observed = observeResponses(text, to: methods)
        #expect(heads(observed).count == 100)
        #expect(observed.last == .streamEnd(.idle))
    }
}

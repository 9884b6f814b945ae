import HTTPCodec
import Testing

/// What is understood of a response although it is malformed, and of a request never.
struct ToleranceTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let text: String
        let body: String
        var fields: HTTPFields = [:]

        init(_ name: String, _ text: String, _ body: String, _ fields: HTTPFields = [:]) {
            (testDescription, self.text, self.body, self.fields) = (name, text, body, fields)
        }
    }

    private static let server = HTTPField.Name.server
    private static let ok = "HTTP/1.1 200 OK\r\n"
    private static let chunked = ok + "Transfer-Encoding: chunked\r\n\r\n"

    static let cases = [
        Case(
            "bare LF everywhere",
            "HTTP/1.1 200 OK\nServer: 1\nContent-Length: 3\n\nabc",
            "abc",
            [server: "1"]
        ),
        Case(
            "bare LF and CRLF",
            "HTTP/1.1 200 OK\nContent-Length: 3\r\nServer: 1\n\r\nabc",
            "abc",
            [server: "1"]
        ),
        Case(
            "bare LF around chunks",
            "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3\nabc\n2\r\nde\n0\n\n",
            "abcde"
        ),
        Case(
            "a fold",
            ok + "Server: 1\r\n 2\r\nContent-Length: 3\r\n\r\nabc",
            "abc",
            [server: "1 2"]
        ),
        Case(
            "a fold by LF and tab",
            ok + "Server: 1\n\t2\r\nContent-Length: 3\r\n\r\nabc",
            "abc",
            [server: "1 2"]
        ),
        Case(
            "two folds with blanks",
            ok + "Server: 1 \t\r\n \t 2\r\n 3\r\nContent-Length: 3\r\n\r\nabc",
            "abc",
            [server: "1 2 3"]
        ),
        Case(
            "a fold before the value",
            ok + "Server:\r\n 1\r\nContent-Length: 3\r\n\r\nabc",
            "abc",
            [server: "1"]
        ),
        Case(
            "an empty fold at the end",
            ok + "Content-Length: 3\r\nServer: 1\r\n \r\n\r\nabc",
            "abc",
            [server: "1"]
        ),
        Case("a folded length", ok + "Content-Length:\r\n 3\r\n\r\nabc", "abc"),
        Case(
            "a folded coding",
            ok + "Transfer-Encoding:\r\n\tchunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
            "abc"
        ),
        Case("a folded trailer", chunked + "3\r\nabc\r\n0\r\nY: 1\r\n 2\r\n\r\n", "abc"),
        Case("blanks around an extension", chunked + "3 ; a = b\r\nabc\r\n0\r\n\r\n", "abc"),
        Case("a padded size", chunked + "3  \r\nabc\r\n0 \t\r\n\r\n", "abc"),
        Case("an extension of no grammar", chunked + "3;=;;\"\r\nabc\r\n0;\r\n\r\n", "abc"),
        Case(
            "the same length twice",
            ok + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
            "abc"
        ),
        Case("the same length in a list", ok + "Content-Length: 3, 3\r\n\r\nabc", "abc"),
        Case(
            "the same length with zeros",
            ok + "Content-Length: 3\r\nContent-Length: 03\r\n\r\nabc",
            "abc"
        ),
        Case("identity", ok + "Transfer-Encoding: identity\r\nContent-Length: 3\r\n\r\nabc", "abc"),
        Case("identity to the end", ok + "Transfer-Encoding: Identity\r\n\r\nabc", "abc"),
    ]

    @Test(arguments: cases) func isUnderstoodHoweverItIsCut(_ sample: Case) {
        let bytes = Array(sample.text.utf8)
        let whole = observeResponses([bytes[...]], to: [.get])
        #expect(whole.violation == nil)
        #expect(whole.bodies.joined() == sample.body)
        for case .response(let head) in whole {
            for field in sample.fields {
                #expect(head.response.headerFields[field.name] == field.value)
            }
            let length = head.response.headerFields[.contentLength]
            #expect(length == nil || length == "3")
        }
        for (cut, pieces) in everyCut(bytes).enumerated() {
            #expect(observeResponses(pieces, to: [.get]) == whole, "cut \(cut)")
        }
    }

    /// The same lines as a request, which two readers could understand differently.
    @Test(arguments: cases) func isRefusedInARequest(_ sample: Case) {
        let lines = sample.text.utf8.drop { $0 != UInt8(ascii: "\n") }
        let text = "POST / HTTP/1.1\r\nHost: h\r" + String(decoding: lines, as: UTF8.self)
        let bytes = Array(text.utf8)
        let whole = observeRequests([bytes[...]])
        #expect(whole.violation != nil)
        for pieces in everyCut(bytes) { #expect(observeRequests(pieces) == whole) }
    }

    @Test(arguments: [
        (ok + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc", HTTPRule.repeatedContentLength),
        (ok + "Content-Length: 3, 4\r\n\r\nabc", .repeatedContentLength),
        (ok + "Content-Length: 3,\r\n\r\nabc", .malformedContentLength),
        (ok + "Content-Length: 1\r\n 2\r\n\r\nabc", .malformedContentLength),
        (ok + "Content-Length: +3\r\n\r\nabc", .malformedContentLength),
        (ok + " X: 1\r\n\r\n", .foldedLine),
        (ok + "X\r\n Y: 1\r\n\r\n", .malformedFieldName),
        (ok + "X: 1\r\r\n\r\n", .bareCarriageReturn),
        (ok + "X: 1\r 2\r\n\r\n", .bareCarriageReturn),
        (ok + "Transfer-Encoding: identity, chunked\r\n\r\n", .unsupportedTransferCoding),
        (chunked + " 3\r\nabc\r\n0\r\n\r\n", .malformedChunkSize),
        (chunked + "3 3\r\nabc\r\n0\r\n\r\n", .malformedChunkSize),
        (chunked + "3\r\nabcd\n0\r\n\r\n", .malformedChunkEnd),
        (chunked + "3;\u{1}\r\nabc\r\n0\r\n\r\n", .malformedChunkExtension),
    ]) func whatCouldMeanTwoThingsIsRefused(_ text: String, _ rule: HTTPRule) {
        let bytes = Array(text.utf8)
        let whole = observeResponses([bytes[...]], to: [.get])
        #expect(whole.violation?.rule == rule)
        for pieces in everyCut(bytes) { #expect(observeResponses(pieces, to: [.get]) == whole) }
    }

    /// Folds do not go around the limits, and are read once.
    @Test func everyCutOfFoldsAtEveryLimitGivesTheSame() {
        let text = Self.ok + "X: 1\r\n 2\n 3\r\nY: 4\r\n\t\r\nContent-Length: 1\r\n\r\na"
        let bytes = Array(text.utf8)
        for size in 0...60 {
            for limits in HTTPLimits.oneAtATime(size) {
                let whole = observeResponses([bytes[...]], to: [.get], limits: limits)
                for pieces in everyCut(bytes) {
                    let observed = observeResponses(pieces, to: [.get], limits: limits)
                    #expect(observed == whole, "\(limits)")
                }
            }
        }
    }

    @Test func serversMaySendAsManyFieldsAsCurlTakes() {
        let fields = (0..<5000).map { "X: \($0)\r\n" }.joined()
        #expect(
            observeResponses(Self.ok + fields + "\r\n", to: [.get], limits: .ofResponses).violation
                == nil
        )
        let more = observeResponses(
            Self.ok + fields + "X: 1\r\n\r\n",
            to: [.get],
            limits: .ofResponses
        )
        #expect(more.violation?.rule == .tooManyFields)
        let large = "X: " + String(repeating: "x", count: 307_200) + "\r\n"
        #expect(
            observeResponses(Self.ok + large, to: [.get], limits: .ofResponses).violation?.rule
                == .fieldsTooLarge
        )
        let request = "GET / HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n"
        #expect(observeRequests(request).violation?.rule == .tooManyFields)
    }

    @Test func aBrokenResponseHasNoStatusOfAnybody() {
        let violation = observeResponses("HTTP/1.1 2 OK\r\n\r\n", to: [.get]).violation
        #expect(violation?.status == nil)
        #expect(violation.map { "\($0)".hasSuffix("(RFC 9112 §4)") } == true)
    }
}

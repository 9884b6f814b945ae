import HTTPCodec
import Testing

/// Requests that two readers could take for different ones: each is refused, by rule and status.
struct SmugglingTests {
    struct Attempt: Sendable, CustomTestStringConvertible {
        let name: String
        let bytes: [UInt8]
        let rule: HTTPRule
        let status: Int

        var testDescription: String { name }

        init(_ name: String, _ text: String, _ rule: HTTPRule, _ status: Int = 400) {
            self.init(name, Array(text.utf8), rule, status)
        }

        init(_ name: String, _ bytes: [UInt8], _ rule: HTTPRule, _ status: Int = 400) {
            self.name = name
            self.bytes = bytes
            self.rule = rule
            self.status = status
        }
    }

    @Test(arguments: cases) func attemptIsRefused(_ attempt: Attempt) {
        let observed = observeRequests([attempt.bytes[...]])
        #expect(observed.violation?.rule == attempt.rule, "\(observed)")
        #expect(observed.violation?.status?.code == attempt.status)
        // What was smuggled would be a second request.
        #expect(observed.requests.count <= 1)
    }

    @Test func aPeerThatBrokeARuleIsNotReadAgain() throws {
        var parser = RequestParser()
        var consumed = 0
        let bad = Array("GET / HTTP/1.1\nHost: h\r\n\r\n".utf8)
        let good = Array("GET / HTTP/1.1\r\nHost: h\r\n\r\n".utf8)
        let first = #expect(throws: HTTPViolation.self) {
            try unsafe parser.next(bad.span.bytes, consumed: &consumed)
        }
        consumed = 0
        let second = #expect(throws: HTTPViolation.self) {
            try unsafe parser.next(good.span.bytes, consumed: &consumed)
        }
        #expect(first == second)
        #expect(
            first?.description
                == "HTTP bare LF at byte 14: a line that ends without a carriage return "
                + "(RFC 9112 §2.2); 400 Bad Request"
        )
    }

    /// Pipelines that are in order, to be cut beside the recorded ones.
    static let pipelines = [
        "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n"
            + "POST /3 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc\r\n"
            + "GET /4 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\nleft over",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n"
            + "A;q=\"v\"\r\n0123456789\r\n1\r\n.\r\n00\r\nX-Sum: 1\r\nX-Sum: 2\r\n\r\n"
            + "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET /chat HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
    ]
}

extension SmugglingTests {
    private static let line = "POST / HTTP/1.1\r\nHost: h\r\n"
    private static let next = "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n"

    private static func head(_ fields: String) -> String { line + fields + "\r\n\r\n" }

    private static func chunks(_ text: String) -> String {
        head("Transfer-Encoding: chunked") + text + next
    }

    static let cases =
        framing + lengths + codings + chunkHeads + lines + startLines + hosts + others

    private static let framing = [
        Attempt(
            "CL.TE",
            head("Content-Length: 6\r\nTransfer-Encoding: chunked") + "0\r\n\r\nG",
            .conflictingFraming
        ),
        Attempt(
            "TE.CL",
            head("Transfer-Encoding: chunked\r\nContent-Length: 4") + "5c\r\n",
            .conflictingFraming
        ),
        Attempt(
            "TE.0",
            head("Transfer-Encoding: chunked\r\nContent-Length: 0") + next,
            .conflictingFraming
        ),
        Attempt(
            "CL in another case",
            head("cOnTeNt-LeNgTh: 6\r\ntransfer-encoding: chunked"),
            .conflictingFraming
        ),
        Attempt(
            "CONNECT with a body",
            "CONNECT h:1 HTTP/1.1\r\nHost: h:1\r\nContent-Length: 3\r\n\r\nabc",
            .unexpectedFraming
        ),
        Attempt(
            "CONNECT with chunks",
            "CONNECT h:1 HTTP/1.1\r\nHost: h:1\r\nTransfer-Encoding: chunked\r\n\r\n",
            .unexpectedFraming
        ),
    ]

    private static let lengths = [
        Attempt(
            "two lengths",
            head("Content-Length: 3\r\nContent-Length: 30") + next,
            .repeatedContentLength
        ),
        Attempt(
            "the same length twice",
            head("Content-Length: 3\r\nContent-Length: 3") + "abc",
            .repeatedContentLength
        ),
        Attempt("a list of lengths", head("Content-Length: 3, 30") + next, .repeatedContentLength),
        Attempt(
            "a list of one length",
            head("Content-Length: 3,3") + "abc",
            .repeatedContentLength
        ),
        Attempt("length with plus", head("Content-Length: +3") + "abc", .malformedContentLength),
        Attempt("length with minus", head("Content-Length: -3") + "abc", .malformedContentLength),
        Attempt("minus zero", head("Content-Length: -0"), .malformedContentLength),
        Attempt("hexadecimal length", head("Content-Length: 0x3") + "abc", .malformedContentLength),
        Attempt("empty length", head("Content-Length: "), .malformedContentLength),
        Attempt(
            "length with a space",
            head("Content-Length: 3 3") + "abc",
            .malformedContentLength
        ),
        Attempt("length with a stop", head("Content-Length: 3.0") + "abc", .malformedContentLength),
        Attempt(
            "length with an exponent",
            head("Content-Length: 3e0") + "abc",
            .malformedContentLength
        ),
        Attempt("quoted length", head("Content-Length: \"3\"") + "abc", .malformedContentLength),
        Attempt(
            "length of 2^64",
            head("Content-Length: 18446744073709551616") + next,
            .malformedContentLength
        ),
        Attempt(
            "length of 30 digits",
            head("Content-Length: 100000000000000000000000000003") + next,
            .malformedContentLength
        ),
        Attempt(
            "length in other digits",
            head("Content-Length: \u{0663}") + "abc",
            .malformedContentLength
        ),
    ]

    private static let codings = [
        Attempt(
            "gzip, chunked",
            head("Transfer-Encoding: gzip, chunked"),
            .unsupportedTransferCoding,
            501
        ),
        Attempt(
            "chunked, gzip",
            head("Transfer-Encoding: chunked, gzip"),
            .malformedTransferEncoding
        ),
        Attempt(
            "chunked, identity",
            head("Transfer-Encoding: chunked, identity"),
            .malformedTransferEncoding
        ),
        Attempt("identity", head("Transfer-Encoding: identity"), .unsupportedTransferCoding, 501),
        Attempt(
            "xchunked",
            head("Transfer-Encoding: xchunked") + "0\r\n\r\n",
            .unsupportedTransferCoding,
            501
        ),
        Attempt(
            "chunked twice in a list",
            head("Transfer-Encoding: chunked, chunked"),
            .malformedTransferEncoding
        ),
        Attempt(
            "chunked in two fields",
            head("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"),
            .malformedTransferEncoding
        ),
        Attempt(
            "identity in a second field",
            head("Transfer-Encoding: chunked\r\nTransfer-encoding: identity"),
            .malformedTransferEncoding
        ),
        Attempt(
            "an empty element first",
            head("Transfer-Encoding: , chunked"),
            .malformedTransferEncoding
        ),
        Attempt(
            "an empty element last",
            head("Transfer-Encoding: chunked,"),
            .malformedTransferEncoding
        ),
        Attempt("empty coding", head("Transfer-Encoding:"), .malformedTransferEncoding),
        Attempt(
            "chunked with a parameter",
            head("Transfer-Encoding: chunked;q=1"),
            .malformedTransferEncoding
        ),
        Attempt(
            "quoted chunked",
            head("Transfer-Encoding: \"chunked\""),
            .malformedTransferEncoding
        ),
        Attempt(
            "vertical tab before chunked",
            head("Transfer-Encoding: \u{0B}chunked"),
            .controlInFieldValue
        ),
        Attempt(
            "vertical tab after the colon",
            head("Transfer-Encoding:\u{0B} chunked"),
            .controlInFieldValue
        ),
        Attempt(
            "no-break space after chunked",
            head("Transfer-Encoding: chunked\u{A0}"),
            .malformedTransferEncoding
        ),
        Attempt("space before the colon", head("Transfer-Encoding : chunked"), .malformedFieldName),
        Attempt("tab before the colon", head("Transfer-Encoding\t: chunked"), .malformedFieldName),
        Attempt("space before the name", head("X: y\r\n Transfer-Encoding: chunked"), .foldedLine),
        Attempt(
            "chunked on a folded line",
            head("Transfer-Encoding:\r\n chunked"),
            .malformedTransferEncoding
        ),
        Attempt(
            "coding in HTTP/1.0",
            "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            .transferEncodingInOldVersion
        ),
        Attempt("NUL in the coding", head("Transfer-Encoding: chunked\0"), .controlInFieldValue),
        Attempt(
            "bare CR before the coding",
            head("X: y\rTransfer-Encoding: chunked"),
            .bareCarriageReturn
        ),
        Attempt(
            "bare LF before the coding",
            head("X: y\nTransfer-Encoding: chunked"),
            .bareLineFeed
        ),
    ]

    private static let chunkHeads = [
        Attempt("chunk size with 0x", chunks("0x3\r\nabc\r\n0\r\n\r\n"), .malformedChunkSize),
        Attempt("chunk size with plus", chunks("+3\r\nabc\r\n0\r\n\r\n"), .malformedChunkSize),
        Attempt("chunk size with minus", chunks("-3\r\nabc\r\n0\r\n\r\n"), .malformedChunkSize),
        Attempt("space before the size", chunks(" 3\r\nabc\r\n0\r\n\r\n"), .malformedChunkSize),
        Attempt("space after the size", chunks("3 \r\nabc\r\n0\r\n\r\n"), .malformedChunkSize),
        Attempt(
            "tab before an extension",
            chunks("3\t;a\r\nabc\r\n0\r\n\r\n"),
            .malformedChunkSize
        ),
        Attempt(
            "space after a semicolon",
            chunks("3; a\r\nabc\r\n0\r\n\r\n"),
            .malformedChunkExtension
        ),
        Attempt("empty size", chunks("\r\nabc\r\n0\r\n\r\n"), .malformedChunkSize),
        Attempt("size that is no digit", chunks("g\r\nabc\r\n0\r\n\r\n"), .malformedChunkSize),
        Attempt("size with an underscore", chunks("1_0\r\nabc\r\n0\r\n\r\n"), .malformedChunkSize),
        Attempt("size of 2^63", chunks("8000000000000000\r\nabc"), .malformedChunkSize),
        Attempt(
            "size of 2^64 and 3",
            chunks("10000000000000003\r\nabc\r\n0\r\n\r\n"),
            .malformedChunkSize
        ),
        Attempt(
            "size of many zeros",
            chunks("00000000000000003\r\nabc\r\n0\r\n\r\n"),
            .malformedChunkSize
        ),
        Attempt("bare LF after the size", chunks("3\nabc\r\n0\r\n\r\n"), .bareLineFeed),
        Attempt("bare CR after the size", chunks("3\rabc\r\n0\r\n\r\n"), .bareCarriageReturn),
        Attempt(
            "bare CR in an extension",
            chunks("3;a\rb\r\nabc\r\n0\r\n\r\n"),
            .bareCarriageReturn
        ),
        Attempt("bare LF in an extension", chunks("3;a\nb\r\nabc\r\n0\r\n\r\n"), .bareLineFeed),
        Attempt(
            "control in a quoted extension",
            chunks("3;a=\"\u{1}\"\r\nabc\r\n0\r\n\r\n"),
            .malformedChunkExtension
        ),
        Attempt("open quote", chunks("3;a=\"b\r\nabc\r\n0\r\n\r\n"), .malformedChunkExtension),
        Attempt(
            "extension without a name",
            chunks("3;\r\nabc\r\n0\r\n\r\n"),
            .malformedChunkExtension
        ),
        Attempt("data longer than its size", chunks("3\r\nabcd\r\n0\r\n\r\n"), .malformedChunkEnd),
        Attempt("no CRLF after data", chunks("3\r\nabc0\r\n\r\n"), .malformedChunkEnd),
        Attempt("LF after data", chunks("3\r\nabc\n0\r\n\r\n"), .malformedChunkEnd),
        Attempt("CR without LF after data", chunks("3\r\nabc\rX0\r\n\r\n"), .malformedChunkEnd),
        Attempt("length as a trailer", chunks("0\r\nContent-Length: 5\r\n\r\n"), .forbiddenTrailer),
        Attempt(
            "coding as a trailer",
            chunks("0\r\nTransfer-Encoding: chunked\r\n\r\n"),
            .forbiddenTrailer
        ),
        Attempt("Host as a trailer", chunks("0\r\nHost: other\r\n\r\n"), .forbiddenTrailer),
        Attempt(
            "authorization as a trailer",
            chunks("0\r\nauthorization: Basic eA==\r\n\r\n"),
            .forbiddenTrailer
        ),
        Attempt("folded trailer", chunks("0\r\nA: b\r\n c\r\n\r\n"), .foldedLine),
        Attempt("bare LF ends the trailers", chunks("0\r\n\nGET"), .bareLineFeed),
    ]

    private static let lines = [
        Attempt("LF ends the request line", "GET / HTTP/1.1\nHost: h\r\n\r\n", .bareLineFeed),
        Attempt("LF ends a field", "GET / HTTP/1.1\r\nHost: h\n\r\n", .bareLineFeed),
        Attempt("LF ends the head", "GET / HTTP/1.1\r\nHost: h\r\n\n", .bareLineFeed),
        Attempt("bare CR in a value", head("X: a\rb"), .bareCarriageReturn),
        Attempt("bare CR in a name", head("X\rY: b"), .bareCarriageReturn),
        Attempt("two CRs before LF", head("X: a\r"), .bareCarriageReturn),
        Attempt("folded by a space", head("X: a\r\n b"), .foldedLine),
        Attempt("folded by a tab", head("X: a\r\n\tb"), .foldedLine),
        Attempt("space before the first field", "GET / HTTP/1.1\r\n Host: h\r\n\r\n", .foldedLine),
        Attempt("name without a colon", head("X"), .malformedFieldName),
        Attempt("no name", head(": a"), .malformedFieldName),
        Attempt("space in a name", head("X Y: a"), .malformedFieldName),
        Attempt("NUL in a name", head("X\0: a"), .malformedFieldName),
        Attempt("UTF-8 in a name", head("\u{E9}: a"), .malformedFieldName),
        Attempt("parenthesis in a name", head("X(y): a"), .malformedFieldName),
        Attempt("NUL in a value", head("X: a\0b"), .controlInFieldValue),
        Attempt("escape in a value", head("X: \u{1B}[0m"), .controlInFieldValue),
        Attempt("delete in a long value", head("X: 0123456789\u{7F}abcdef"), .controlInFieldValue),
    ]

    private static let startLines = [
        Attempt(
            "two spaces after the method",
            "GET  / HTTP/1.1\r\nHost: h\r\n\r\n",
            .malformedVersion
        ),
        Attempt(
            "two spaces after the target",
            "GET /  HTTP/1.1\r\nHost: h\r\n\r\n",
            .malformedVersion
        ),
        Attempt("space at the end", "GET / HTTP/1.1 \r\nHost: h\r\n\r\n", .malformedVersion),
        Attempt("space at the start", " GET / HTTP/1.1\r\nHost: h\r\n\r\n", .notHTTP),
        Attempt("tab after the method", "GET\t/ HTTP/1.1\r\nHost: h\r\n\r\n", .malformedMethod),
        Attempt(
            "tab in the target",
            "GET /\tHTTP/1.1 HTTP/1.1\r\nHost: h\r\n\r\n",
            .malformedTarget
        ),
        Attempt(
            "vertical tab in the method",
            "GE\u{0B}T / HTTP/1.1\r\nHost: h\r\n\r\n",
            .malformedMethod
        ),
        Attempt(
            "bare CR in the target",
            "GET /\rX HTTP/1.1\r\nHost: h\r\n\r\n",
            .bareCarriageReturn
        ),
        Attempt("space in the target", "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", .malformedVersion),
        Attempt("fragment in the target", "GET /a#b HTTP/1.1\r\nHost: h\r\n\r\n", .malformedTarget),
        Attempt("no target", "GET HTTP/1.1\r\nHost: h\r\n\r\n", .malformedRequestLine),
        Attempt("relative target", "GET a/b HTTP/1.1\r\nHost: h\r\n\r\n", .malformedTarget),
        Attempt(
            "bytes that are no UTF-8",
            Array("GET /".utf8) + [0xC0, 0xAF] + Array(" HTTP/1.1\r\nHost: h\r\n\r\n".utf8),
            .malformedTarget
        ),
        Attempt("HTTP/0.9", "GET /\r\n", .malformedRequestLine),
        Attempt("version in lower case", "GET / http/1.1\r\nHost: h\r\n\r\n", .malformedVersion),
        Attempt("version of three digits", "GET / HTTP/1.10\r\nHost: h\r\n\r\n", .malformedVersion),
        Attempt("version with a comma", "GET / HTTP/1,1\r\nHost: h\r\n\r\n", .malformedVersion),
        Attempt("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", .unsupportedVersion, 505),
        Attempt("HTTP/0.9 said aloud", "GET / HTTP/0.9\r\n\r\n", .unsupportedVersion, 505),
        Attempt("TLS", [0x16, 0x03, 0x01, 0x02, 0x00], .notHTTP),
        Attempt(
            "endless empty lines",
            String(repeating: "\r\n", count: 4_097) + "GET / HTTP/1.1\r\nHost: h\r\n\r\n",
            .emptyLines
        ),
        Attempt(
            "bare LF after an empty line",
            "\r\n\nGET / HTTP/1.1\r\nHost: h\r\n\r\n",
            .bareLineFeed
        ),
        Attempt("bare LF first", "\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", .bareLineFeed),
        Attempt("asterisk for GET", "GET * HTTP/1.1\r\nHost: h\r\n\r\n", .malformedTarget),
        Attempt(
            "endless method",
            String(repeating: "A", count: 40) + " / HTTP/1.1\r\n",
            .methodTooLong,
            501
        ),
    ]

    private static let hosts = [
        Attempt("no Host", "GET / HTTP/1.1\r\n\r\n", .missingHost),
        Attempt("two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", .repeatedHost),
        Attempt(
            "the same Host twice",
            "GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n",
            .repeatedHost
        ),
        Attempt(
            "two Hosts in HTTP/1.0",
            "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n",
            .repeatedHost
        ),
        Attempt("empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", .malformedHost),
        Attempt("Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", .malformedHost),
        Attempt("Host with a name", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", .malformedHost),
        Attempt("Host with a list", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", .malformedHost),
        Attempt("Host with two ports", "GET / HTTP/1.1\r\nHost: a:1:2\r\n\r\n", .malformedHost),
        Attempt(
            "Host with a word for port",
            "GET / HTTP/1.1\r\nHost: a:http\r\n\r\n",
            .malformedHost
        ),
        Attempt("Host with port 65536", "GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n", .malformedHost),
        Attempt(
            "Host with an open bracket",
            "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n",
            .malformedHost
        ),
        Attempt("Host with a bad escape", "GET / HTTP/1.1\r\nHost: a%2\r\n\r\n", .malformedHost),
        Attempt("absolute target without Host", "GET http://a/ HTTP/1.1\r\n\r\n", .missingHost),
        Attempt(
            "absolute target with a name",
            "GET http://u:p@a/ HTTP/1.1\r\nHost: a\r\n\r\n",
            .userinfoInTarget
        ),
        Attempt(
            "absolute target without a host",
            "GET http:///a HTTP/1.1\r\nHost: a\r\n\r\n",
            .malformedTarget
        ),
        Attempt(
            "CONNECT without a port",
            "CONNECT a HTTP/1.1\r\nHost: a\r\n\r\n",
            .malformedTarget
        ),
        Attempt(
            "CONNECT with an empty port",
            "CONNECT a: HTTP/1.1\r\nHost: a\r\n\r\n",
            .malformedTarget
        ),
        Attempt("CONNECT to a path", "CONNECT / HTTP/1.1\r\nHost: a\r\n\r\n", .malformedTarget),
    ]

    private static let others = [
        Attempt("unknown expectation", head("Expect: 200-ok"), .unknownExpectation, 417),
        Attempt("Connection that is no token", head("Connection: a b"), .malformedConnection),
        Attempt(
            "Upgrade that is no protocol",
            head("Connection: upgrade\r\nUpgrade: a/b/c"),
            .malformedUpgrade
        ),
    ]
}

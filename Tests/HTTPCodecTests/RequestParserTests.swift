import HTTPCodec
import Testing

struct RequestParserTests {
    private func head(_ text: String) throws -> RequestHead {
        let observed = observeRequests(text)
        return try #require(observed.requests.first, "\(observed)")
    }

    private func target(_ line: String) throws -> [String?] {
        let request = try head("\(line) HTTP/1.1\r\nHost: field:8080\r\n\r\n").request
        return [request.scheme, request.authority, request.path]
    }

    @Test func chromiumIsUnderstood() throws {
        let head = try head(RecordedRequests.chromium)
        #expect(head.request.method == .get)
        #expect(head.request.path == "/page?q=1")
        #expect(head.request.authority == "localhost:8080")
        #expect(head.request.headerFields[.acceptEncoding] == "gzip, deflate, br, zstd")
        #expect(head.request.headerFields.count == 13)
        #expect(head.keepsConnection)
        #expect(head.framing == .none)
        #expect(!head.expectsContinue)
    }

    @Test func targetsComeApart() throws {
        #expect(try target("GET /a?b=/c") == [nil, "field:8080", "/a?b=/c"])
        #expect(try target("GET //a") == [nil, "field:8080", "//a"])
        #expect(try target("GET /a|\"%zz") == [nil, "field:8080", "/a|\"%zz"])
        #expect(try target("GET /日本") == [nil, "field:8080", "/日本"])
        #expect(try target("GET HTTP://Other:1/a?b") == ["http", "Other:1", "/a?b"])
        #expect(try target("GET https://other") == ["https", "other", "/"])
        #expect(try target("GET https://[::1]:1?a") == ["https", "[::1]:1", "/?a"])
        #expect(try target("CONNECT other:443") == [nil, "other:443", nil])
        #expect(try target("OPTIONS *") == [nil, "field:8080", "*"])
        #expect(try target("OPTIONS http://other") == ["http", "other", "*"])
    }

    @Test(arguments: [
        "a", "a.b-c_d~e", "127.0.0.1:80", "[2001:db8::1]", "[::ffff:1.2.3.4]:65535", "a:", "%41b:1",
        "xn--bcher-kva.example:8080",
    ]) func hostIsTaken(_ host: String) throws {
        let head = try head("GET / HTTP/1.1\r\nhOST:\t \(host) \r\n\r\n")
        #expect(head.request.authority == host)
        #expect(head.request.headerFields.isEmpty)
    }

    @Test func oldVersionNeedsNoHostAndCloses() throws {
        let old = try head("GET / HTTP/1.0\r\n\r\n")
        #expect(old.version == .oneZero)
        #expect(old.request.authority == nil)
        #expect(!old.keepsConnection)
        #expect(try head("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").keepsConnection)
    }

    @Test func laterMinorVersionIsTakenForTheNewestKnown() throws {
        #expect(try head("GET / HTTP/1.9\r\nHost: a\r\n\r\n").version == .oneOne)
    }

    @Test func closeWinsAndWhatFollowsIsIgnored() {
        let close = "GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, x , CLOSE\r\n\r\n"
        let observed = observeRequests(close + close)
        #expect(observed.requests.map(\.keepsConnection) == [false])
        #expect(observed.suffix(2) == [.end, .streamEnd(.idle)])
    }

    @Test func expectationIsForBodiesOfTheNewVersion() throws {
        let expect = "Host: a\r\nExpect: 100-Continue\r\n"
        #expect(try head("PUT / HTTP/1.1\r\n\(expect)Content-Length: 1\r\n\r\n").expectsContinue)
        #expect(try !head("PUT / HTTP/1.1\r\n\(expect)Content-Length: 0\r\n\r\n").expectsContinue)
        #expect(try !head("PUT / HTTP/1.0\r\n\(expect)Content-Length: 1\r\n\r\n").expectsContinue)
    }

    @Test func upgradeNeedsConnectionToNameIt() throws {
        let upgrade = "Host: a\r\nUpgrade: websocket, h2c ,, TLS/1.0\r\n"
        let named = "\(upgrade)Connection: x, UPGRADE\r\n\r\n"
        #expect(
            try head("GET / HTTP/1.1\r\n\(named)").upgrade == ["websocket", "h2c", "TLS/1.0"]
        )
        #expect(try head("GET / HTTP/1.1\r\n\(upgrade)\r\n").upgrade == [])
        #expect(try head("GET / HTTP/1.0\r\n\(named)").upgrade == [])
    }

    @Test func valuesKeepTheirBytes() throws {
        let text = Array("GET / HTTP/1.1\r\nHost: a\r\nX:  a\tb \t\r\nY: ".utf8)
        let bytes = text + [0xFF, 0xFE] + Array("\r\nZ:\r\n\r\n".utf8)
        let fields = try #require(observeRequests([bytes[...]]).requests.first).request.headerFields
        #expect(fields[0].value == "a\tb")
        #expect(unsafe fields[1].withUnsafeBytesOfValue { unsafe Array($0) } == [0xFF, 0xFE])
        #expect(fields[2].value == "")
    }

    @Test func unknownNamesKeepTheirSpelling() throws {
        let head = try head("GET / HTTP/1.1\r\nHost: a\r\nX-mY-fIELD: 1\r\nACCEPT: 2\r\n\r\n")
        #expect(head.request.headerFields.map(\.name.rawName) == ["X-mY-fIELD", "Accept"])
        #expect(head.request.headerFields.map(\.name.canonicalName) == ["x-my-field", "accept"])
    }

    @Test func chunksAreOneBodyAndTrailersFollow() {
        let observed = observeRequests(SmugglingTests.pipelines[1])
        #expect(observed.bodies == ["0123456789."])
        var trailers = HTTPFields()
        for value in ["1", "2"] {
            HTTPField.Name("X-Sum").map { trailers.append(HTTPField(name: $0, value: value)) }
        }
        #expect(observed.contains(.trailers(trailers)))
    }

    @Test func endOfStreamIsToldFromTruncation() {
        let text = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab"
        for size in 1..<text.utf8.count {
            let cut = Array(text.utf8.prefix(size))
            #expect(observeRequests([cut[...]]).last == .streamEnd(.truncated))
        }
        #expect(observeRequests("").last == .streamEnd(.idle))
        #expect(observeRequests(text).last == .streamEnd(.idle))
    }

    @Test func idleEndsWithTheFirstByte() throws {
        var parser = RequestParser()
        #expect(parser.isIdle)
        var consumed = 0
        let bytes = Array("G".utf8)
        let event = try unsafe parser.next(bytes.span.bytes, consumed: &consumed)
        #expect(event == nil)
        #expect(!parser.isIdle)
    }

    /// As nginx does: RFC 9112 §2.2 asks for one at least.
    @Test(arguments: [1, 2, 3, 100, 4_096]) func emptyLinesBeforeARequestAreNothing(
        count: Int
    ) throws {
        let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
        let lines = String(repeating: "\r\n", count: count)
        let text = lines + request + lines + request
        let plain = observeRequests(request + request)
        #expect(observeRequests(text) == plain)
        if count <= 100 {
            let bytes = Array(text.utf8)
            #expect(observeRequests(bytes.indices.map { bytes[$0...$0] }) == plain)
        }
        #expect(observeRequests(lines).last == .streamEnd(.idle))
    }

    /// Otherwise an empty line now and then would keep a connection for ever.
    @Test func oneEmptyLineIsIdleAndASecondBeginsAHead() throws {
        var parser = RequestParser()
        for isIdle in [true, false] {
            var consumed = 0
            let event = try unsafe parser.next(Array("\r\n".utf8).span.bytes, consumed: &consumed)
            #expect(event == nil && consumed == 2)
            #expect(parser.isIdle == isIdle)
        }
    }

    @Test func nothingIsTakenBeyondAnUpgrade() throws {
        let bytes = Array((SmugglingTests.pipelines[2] + "\u{1}other").utf8)
        var parser = RequestParser()
        var consumed = 0
        _ = try unsafe parser.next(bytes.span.bytes, consumed: &consumed)
        let end = try unsafe parser.next(bytes.span.bytes, consumed: &consumed)
        #expect(end == .end)
        #expect(bytes.count - consumed == 6)
    }
}

import HTTPCodec
import Testing

struct HTTPSerializerTests {
    private func text(
        _ response: HTTPResponse,
        _ framing: HTTPFraming,
        to method: HTTPRequest.Method = .get,
        connection: HTTPSerializer.ConnectionOption? = nil
    ) throws -> String {
        var buffer: [UInt8] = []
        try HTTPSerializer.append(
            response,
            framing: framing,
            answering: method,
            connection: connection,
            to: &buffer
        )
        return String(decoding: buffer, as: UTF8.self)
    }

    private func text(
        _ request: HTTPRequest,
        _ framing: HTTPFraming = .none,
        absoluteForm: Bool = false
    ) throws -> String {
        var buffer: [UInt8] = []
        try HTTPSerializer.append(
            request,
            framing: framing,
            absoluteForm: absoluteForm,
            to: &buffer
        )
        return String(decoding: buffer, as: UTF8.self)
    }

    private func request(
        _ method: HTTPRequest.Method = .get,
        _ path: String? = "/",
        authority: String? = "h:1"
    ) -> HTTPRequest {
        HTTPRequest(method: method, scheme: "http", authority: authority, path: path)
    }

    @Test func responsesAreTheseBytes() throws {
        let ok = HTTPResponse(status: .ok, headerFields: [.contentType: "text/plain"])
        #expect(
            try text(ok, .length(12), connection: .keepAlive)
                == "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 12\r\n"
                + "Connection: keep-alive\r\n\r\n"
        )
        #expect(
            try text(HTTPResponse(status: .notFound), .chunked)
                == "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        #expect(
            try text(HTTPResponse(status: 299), .untilClose)
                == "HTTP/1.1 299 \r\nConnection: close\r\n\r\n"
        )
    }

    @Test func bodilessResponsesAnnounceWhatTheyMay() throws {
        func line(_ status: HTTPResponse.Status) -> String { "HTTP/1.1 \(status)\r\n" }
        let (ok, none) = (HTTPResponse(status: .ok), HTTPResponse(status: .noContent))
        #expect(try text(ok, .none) == "\(line(.ok))Content-Length: 0\r\n\r\n")
        #expect(try text(ok, .none, to: .head) == "\(line(.ok))\r\n")
        #expect(try text(ok, .length(7), to: .head) == "\(line(.ok))Content-Length: 7\r\n\r\n")
        #expect(try text(ok, .none, to: .connect) == "\(line(.ok))\r\n")
        #expect(try text(none, .none) == "\(line(.noContent))\r\n")
        let unchanged = HTTPResponse(status: .notModified)
        #expect(try text(unchanged, .none) == "\(line(.notModified))\r\n")
        for framing in [HTTPFraming.length(0), .length(1), .chunked, .untilClose] {
            #expect(throws: HTTPMessageError.bodyNotAllowed(status: 204)) {
                try text(none, framing)
            }
            #expect(throws: HTTPMessageError.bodyNotAllowed(status: 200)) {
                try text(ok, framing, to: .connect)
            }
        }
    }

    @Test func fieldsThatFrameMustAgree() throws {
        let sized = HTTPResponse(status: .ok, headerFields: [.contentLength: "12"])
        #expect(try text(sized, .length(12)) == "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n")
        for framing in [HTTPFraming.length(13), .chunked, .none, .untilClose] {
            #expect(throws: HTTPMessageError.contentLengthInFields("12")) {
                try text(sized, framing)
            }
        }
        let coded = HTTPResponse(status: .ok, headerFields: [.transferEncoding: "chunked"])
        #expect(throws: HTTPMessageError.transferEncodingInFields) { try text(coded, .chunked) }
    }

    @Test func statusOutOfRangeDoesNotGoOut() {
        #expect(throws: HTTPMessageError.malformedStatus(99)) {
            try text(HTTPResponse(status: 99), .none)
        }
    }

    @Test func lineEndsInValuesDoNotGoOut() throws {
        var response = HTTPResponse(status: .ok)
        response.headerFields[.location] = "/a\r\nSet-Cookie: b\0"
        let sent = try text(response, .length(0))
        #expect(sent.contains("Location: /a  Set-Cookie: b\r\nContent-Length: 0\r\n\r\n"))
    }

    @Test func requestsAreTheseBytes() throws {
        #expect(try text(request()) == "GET / HTTP/1.1\r\nHost: h:1\r\n\r\n")
        #expect(try text(request(.get, "")) == "GET / HTTP/1.1\r\nHost: h:1\r\n\r\n")
        #expect(try text(request(.options, "*")) == "OPTIONS * HTTP/1.1\r\nHost: h:1\r\n\r\n")
        #expect(
            try text(request(.connect, nil)) == "CONNECT h:1 HTTP/1.1\r\nHost: h:1\r\n\r\n"
        )
        #expect(
            try text(request(.put, "/a?b"), .length(3), absoluteForm: true)
                == "PUT http://h:1/a?b HTTP/1.1\r\nHost: h:1\r\nContent-Length: 3\r\n\r\n"
        )
        #expect(
            try text(request(.options, "*"), absoluteForm: true)
                == "OPTIONS http://h:1 HTTP/1.1\r\nHost: h:1\r\n\r\n"
        )
    }

    @Test(arguments: ["/a b", "/a\r\nX: y", "a", "*", "/a#b", "http://h/"])
    func targetThatCouldBeMisreadDoesNotGoOut(_ path: String) {
        #expect(throws: HTTPMessageError.self) { try text(request(.get, path)) }
    }

    @Test func requestThatCannotBeUnderstoodDoesNotGoOut() {
        #expect(throws: HTTPMessageError.missingHost) { try text(request(authority: nil)) }
        #expect(throws: HTTPMessageError.malformedHost("a b")) {
            try text(request(authority: "a b"))
        }
        #expect(throws: HTTPMessageError.malformedHost("h")) {
            try text(request(.connect, nil, authority: "h"))
        }
        #expect(throws: HTTPMessageError.requestUntilClose) { try text(request(), .untilClose) }
        #expect(throws: HTTPMessageError.bodyNotAllowed(status: nil)) {
            try text(request(.connect, nil), .chunked)
        }
        var hosted = request()
        HTTPField.Name("Host").map { hosted.headerFields[$0] = "other" }
        #expect(throws: HTTPMessageError.hostInFields) { try text(hosted) }
    }

    @Test func refusalLeavesTheBufferAsItWas() {
        var buffer: [UInt8] = [1, 2]
        #expect(throws: HTTPMessageError.self) {
            try HTTPSerializer.append(
                HTTPResponse(status: .noContent),
                framing: .chunked,
                answering: .get,
                to: &buffer
            )
        }
        #expect(throws: HTTPMessageError.forbiddenTrailer("Content-Length")) {
            try HTTPSerializer.appendLastChunk(trailers: [.contentLength: "1"], to: &buffer)
        }
        #expect(buffer == [1, 2])
    }

    @Test func chunksAreTheseBytes() throws {
        var buffer: [UInt8] = []
        let data = [UInt8](repeating: UInt8(ascii: "a"), count: 26)
        unsafe HTTPSerializer.appendChunk(data.span.bytes, to: &buffer)
        unsafe HTTPSerializer.appendChunk([UInt8]().span.bytes, to: &buffer)
        HTTPSerializer.appendChunkHead(size: 0xABC_DEF0, to: &buffer)
        HTTPSerializer.appendChunkEnd(to: &buffer)
        try HTTPSerializer.appendLastChunk(trailers: [.expires: "0"], to: &buffer)
        #expect(
            String(decoding: buffer, as: UTF8.self)
                == "1a\r\n\(String(decoding: data, as: UTF8.self))\r\nabcdef0\r\n\r\n"
                + "0\r\nExpires: 0\r\n\r\n"
        )
    }
}

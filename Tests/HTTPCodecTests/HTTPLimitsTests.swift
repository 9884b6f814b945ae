import Testing

@testable import HTTPCodec

struct HTTPLimitsTests {
    private func violation(
        _ text: String,
        _ change: (inout HTTPLimits) -> Void = { _ in }
    ) -> HTTPViolation? {
        var limits = HTTPLimits()
        change(&limits)
        return observeRequests(text, limits: limits).violation
    }

    private let line = "POST / HTTP/1.1\r\nHost: h\r\n"

    @Test func startLineThatDoesNotEndIs414() {
        let long = "GET /" + String(repeating: "a", count: 9000)
        for text in [long, long + " HTTP/1.1\r\nHost: h\r\n\r\n"] {
            #expect(violation(text)?.rule == .startLineTooLong)
            #expect(violation(text)?.status?.code == 414)
        }
        #expect(violation(String(repeating: "G", count: 9000))?.status?.code == 501)
    }

    @Test func startLineOfTheLimitIsTaken() {
        let text = "GET / HTTP/1.1\r\nHost: h\r\n\r\n"
        #expect(violation(text) { $0.startLineSize = 14 } == nil)
        #expect(violation(text) { $0.startLineSize = 13 }?.rule == .startLineTooLong)
    }

    @Test func floodOfFieldsIs431() {
        let flood = line + String(repeating: "A: b\r\n", count: 100_000)
        #expect(violation(flood)?.rule == .tooManyFields)
        #expect(violation(flood)?.status?.code == 431)
        #expect(violation(line + "\r\n") { $0.fieldCount = 1 } == nil)
        #expect(violation(line + "\r\n") { $0.fieldCount = 0 }?.rule == .tooManyFields)
    }

    @Test func fieldsBeyondTheLimitTogetherAre431() {
        let endless = line + "Cookie: " + String(repeating: "a", count: 40_000)
        for text in [endless, endless + "\r\n\r\n"] {
            #expect(violation(text)?.rule == .fieldsTooLarge)
            #expect(violation(text)?.status?.code == 431)
        }
        #expect(violation(line + "\r\n") { $0.fieldsSize = 9 } == nil)
        #expect(violation(line + "\r\n") { $0.fieldsSize = 8 }?.rule == .fieldsTooLarge)
    }

    @Test func bodyBeyondTheLimitIs413BeforeItComes() {
        let length = line + "Content-Length: 11\r\n\r\n"
        #expect(violation(length) { $0.bodySize = 11 } == nil)
        #expect(violation(length) { $0.bodySize = 10 }?.status?.code == 413)
        let chunks = line + "Transfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n6\r\n"
        #expect(violation(chunks) { $0.bodySize = 11 } == nil)
        #expect(violation(chunks) { $0.bodySize = 10 }?.rule == .bodyTooLarge)
    }

    @Test func bodyUntilCloseHasALimitToo() {
        var limits = HTTPLimits()
        limits.bodySize = 3
        let head = "HTTP/1.1 200 OK\r\n\r\n"
        #expect(observeResponses(head + "abc", to: [.get], limits: limits).violation == nil)
        let refused = observeResponses(head + "abcd", to: [.get], limits: limits).violation
        #expect(refused?.rule == .bodyTooLarge)
    }

    @Test func chunkExtensionsAreCountedOverAllChunks() {
        let chunk = "1;" + String(repeating: "x", count: 99) + "\r\na\r\n"
        let chunks = line + "Transfer-Encoding: chunked\r\n\r\n"
        #expect(violation(chunks + String(repeating: chunk, count: 40)) == nil)
        let flood = violation(chunks + String(repeating: chunk, count: 41))
        #expect(flood?.rule == .chunkExtensionsTooLarge)
        #expect(flood?.status?.code == 400)
        let endless = violation(chunks + "1;" + String(repeating: "x", count: 5000))
        #expect(endless?.rule == .chunkExtensionsTooLarge)
    }

    @Test func trailersHaveTheirOwnLimits() {
        let end = line + "Transfer-Encoding: chunked\r\n\r\n0\r\n"
        let large = violation(end + "A: " + String(repeating: "b", count: 9000) + "\r\n\r\n")
        #expect(large?.rule == .trailersTooLarge)
        #expect(large?.status?.code == 431)
        let many = violation(end + String(repeating: "A: b\r\n", count: 129))
        #expect(many?.rule == .tooManyFields)
    }

    @Test(arguments: [1, 2, 3, 7, 64])
    func slowSenderCostsNoMoreThanAFastOne(_ step: Int) throws {
        let field = "X-Long: " + String(repeating: "v", count: 8000) + "\r\n"
        let chunk = "1;" + String(repeating: "x", count: 1000) + "\r\na\r\n"
        let text =
            line + field + field + "Transfer-Encoding: chunked\r\n\r\n" + chunk + chunk
            + "0\r\n\r\n"
        let bytes = Array(text.utf8)
        var parser = RequestParser()
        var buffer: [UInt8] = []
        var ends = 0
        for start in stride(from: 0, to: bytes.count, by: step) {
            buffer += bytes[start..<min(start + step, bytes.count)]
            var consumed = 0
            while let event = try unsafe parser.next(buffer.span.bytes, consumed: &consumed) {
                if event == .end { ends += 1 }
            }
            buffer.removeFirst(consumed)
        }
        #expect(ends == 1)
        // Each byte of a line is searched once, however it came; those of bodies never.
        #expect(parser.finder.examined <= UInt64(bytes.count))
    }
}

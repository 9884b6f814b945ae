import HTTP
import HTTPCodec
import Sockets
import Testing

/// A request has one final answer (RFC 9110 §15), also when its body turns out to be malformed after that:
/// a gateway would take a second one for the answer to somebody else's request.
struct SecondAnswerTests {
    private static let methods = ["GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE"]
    private static let bodies = [
        "zz\r\nhello\r\n0\r\n\r\n", "5\r\nhelloXX0\r\n\r\n", "5;\u{1}\r\nhello\r\n0\r\n\r\n",
        "ffffffffffffffffff\r\n", "0\r\nHost: x\r\n\r\n", "0\r\nbad trailer\r\n\r\n",
        "5\nhello\r\n",
    ]

    private func head(_ method: String) -> String {
        "\(method) / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    }

    private func count(_ text: String) -> Int { text.components(between: "HTTP/1.1 ") - 1 }

    @Test(arguments: methods, bodies)
    func aMalformedBodyBehindAnAnswerGetsNoOther(method: String, body: String) async throws {
        for pieces in [
            [head(method) + body], [head(method), body], [head(method) + "1\r\na\r\n", body],
        ] {
            let records = Records()
            var configuration = HTTPServer.Configuration()
            configuration.onExchange = { records.add($0) }
            let next = "GET /next HTTP/1.1\r\nHost: x\r\n\r\n"
            let text = try await answers(to: pieces + [next], by: configuration) { _, response in
                try await response.send("once")
            }
            #expect(text.hasPrefix("HTTP/1.1 200 "))
            #expect(count(text) == 1, "\(text)")
            // The log has the answer, and why the connection ended.
            #expect(records.all.map { $0.status?.code } == [200, nil])
            #expect(records.all.last?.failure is HTTPViolation)
        }
    }

    @Test func ofABodyThatIsReadAfterTheAnswerTheAnswerStays() async throws {
        let text = try await answers(to: [head("POST") + "zz\r\n"]) { request, response in
            try await response.send("once")
            _ = try await request.body(limit: 100)
        }
        #expect(text.hasSuffix("once") && count(text) == 1, "\(text)")
    }

    @Test func aBodyThatIsReadBeforeTheAnswerIsRefusedOnce() async throws {
        let text = try await answers(to: [head("POST") + "zz\r\n"]) { request, response in
            _ = try await request.body(limit: 100)
            try await response.send("never")
        }
        #expect(text.hasPrefix("HTTP/1.1 400 ") && count(text) == 1, "\(text)")
    }

    /// A large answer that is cut in the middle is not followed by an error either.
    @Test func anAnswerThatIsCutIsNotFollowedByAnother() async throws {
        var configuration = HTTPServer.Configuration()
        configuration.pace = HTTPPace(grace: .milliseconds(20), bytesPerSecond: 1 << 30)
        configuration.lingerLimit = .milliseconds(10)
        let records = Records()
        configuration.onExchange = { records.add($0) }
        try await HTTPServer.listen(on: "127.0.0.1:0", configuration) { server in
            async let serving: Void = server.serve { _, response in
                try await response.send([UInt8](repeating: 120, count: 32 << 20))
            }
            let client = try await StreamConnection.connect(to: Endpoint(server.localAddress))
            try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            _ = await records.next()
            var buffer = ByteBuffer(limit: 64 << 20)
            do { while try await client.receive(into: &buffer) > 0 {} } catch is SocketError {}
            #expect(count(String(decoding: buffer.array(), as: UTF8.self)) == 1)
            server.drain(before: .now)
            try await serving
        }
        #expect(records.all.map { $0.status?.code } == [200])
    }

    @Test func headIsRefusedWithoutABody() async throws {
        struct Oops: Error {}
        let text = try await answers(to: ["HEAD / HTTP/1.1\r\nHost: x\r\n\r\n"]) { _, _ in
            throw Oops()
        }
        #expect(text.hasPrefix("HTTP/1.1 500 ") && text.hasSuffix("\r\n\r\n"))
    }
}

extension String {
    /// How many pieces there are between the places of a text.
    fileprivate func components(between text: String) -> Int {
        var (count, rest) = (1, utf8[...])
        while let range = rest.firstRange(of: text.utf8) {
            count += 1
            rest = rest[range.upperBound...]
        }
        return count
    }
}

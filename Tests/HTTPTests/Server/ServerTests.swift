import HTTP
import HTTPCodec
import Sockets
import SocketsTesting
import Testing

struct ServerTests {
    private let hello: HTTPServer.Handler = { request, response in
        try await response.send("\(request.method) \(request.target)\n")
    }

    @Test func answersARequestAndKeepsTheConnection() async throws {
        let text = try await answers(
            to: ["GET /a?b HTTP/1.1\r\nHost: x\r\n\r\n", "GET /c HTTP/1.1\r\nHost: x\r\n\r\n"],
            hello
        )
        let expected = ["GET /a?b\n", "GET /c\n"].map {
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n"
                + "Content-Length: \($0.utf8.count)\r\n\r\n\($0)"
        }
        #expect(withoutDates(text) == expected.joined())
    }

    @Test func answersPipelinedRequestsInOrder() async throws {
        let requests = (1...50).map { "GET /\($0) HTTP/1.1\r\nHost: x\r\n\r\n" }
        let text = try await answers(to: [requests.joined()], hello)
        let bodies = text.utf8.split(separator: UInt8(ascii: "\n")).map { String($0)! }
            .filter { $0.hasPrefix("GET") }
        #expect(bodies == (1...50).map { "GET /\($0)" })
    }

    @Test func anAnswerToHeadHasNoBody() async throws {
        let text = try await answers(
            to: ["HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"],
            hello
        )
        #expect(text.contains("Content-Length: 7\r\n"))
        #expect(text.hasSuffix("\r\n\r\n"))
    }

    @Test func aHandlerReadsTheBodyAndTheTrailers() async throws {
        let text = try await answers(
            to: [
                "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", "5\r\nhel",
                "lo\r\n6\r\n world\r\n0\r\nX-Sum: 1\r\n\r\n",
            ]
        ) { request, response in
            let body = try await request.body(limit: 100)
            let sum = request.trailers[HTTPField.Name("X-Sum")!] ?? "none"
            try await response.send("\(String(decoding: body, as: UTF8.self)) \(sum)")
        }
        #expect(text.hasSuffix("hello world 1"))
    }

    @Test func aClientThatWaitsIsToldToContinueWhenItsBodyIsRead() async throws {
        let text = try await answers(
            to: [
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\nhi"
            ]
        ) { request, response in
            try await response.send(request.body(limit: 10))
        }
        #expect(withoutDates(text).hasPrefix("HTTP/1.1 200") || text.hasPrefix("HTTP/1.1 100"))
        let waiting = try await answers(
            to: ["POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"]
        ) { request, response in
            _ = try await request.body(limit: 10)
        }
        #expect(waiting == "HTTP/1.1 100 Continue\r\n\r\n")
    }

    @Test func aClientWhoseBodyIsRefusedUnreadIsClosed() async throws {
        let text = try await answers(
            to: ["POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"]
        ) { _, response in
            response.status = .forbidden
            try await response.send("no")
        }
        #expect(text.hasPrefix("HTTP/1.1 403 Forbidden\r\n"))
        #expect(text.contains("Connection: close\r\n"))
    }

    @Test func aBodyBeyondTheLimitIsRefused() async throws {
        let text = try await answers(
            to: [
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 20\r\n\r\n" + "12345678901234567890"
            ]
        ) { request, response in
            try await response.send(request.body(limit: 10))
        }
        #expect(text.hasPrefix("HTTP/1.1 413 "))
    }

    @Test func aStreamedAnswerIsChunkedAndEnds() async throws {
        let text = try await answers(
            to: ["GET / HTTP/1.1\r\nHost: x\r\n\r\n"]
        ) { _, response in
            try response.begin()
            try await response.write("one")
            try await response.write("")
            try await response.write("two")
            try await response.finish(trailers: [HTTPField.Name("X-Sum")!: "6"])
        }
        #expect(text.contains("Transfer-Encoding: chunked\r\n"))
        #expect(text.hasSuffix("\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\nX-Sum: 6\r\n\r\n"))
    }

    @Test func anOldClientGetsAStreamedAnswerUntilTheEnd() async throws {
        let text = try await answers(to: ["GET / HTTP/1.0\r\n\r\n"]) { _, response in
            try response.begin()
            try await response.write("one")
            try await response.write("two")
        }
        #expect(text.contains("Connection: close\r\n"))
        #expect(text.hasSuffix("\r\n\r\nonetwo"))
    }

    @Test func anOldClientThatAsksIsKept() async throws {
        let text = try await answers(
            to: ["GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "GET /2 HTTP/1.0\r\n\r\n"],
            hello
        )
        #expect(text.contains("Connection: keep-alive\r\n"))
        #expect(text.contains("GET /2\n"))
    }

    @Test func aHandlerThatThrowsIsAnInternalError() async throws {
        struct Oops: Error {}
        let text = try await answers(to: ["GET / HTTP/1.1\r\nHost: x\r\n\r\n"]) { _, _ in
            throw Oops()
        }
        #expect(text.hasPrefix("HTTP/1.1 500 Internal Server Error\r\n"))
        #expect(text.contains("Connection: close\r\n"))
    }

    @Test func aHandlerThatThrowsWithinItsAnswerCutsIt() async throws {
        struct Oops: Error {}
        let text = try await answers(to: ["GET / HTTP/1.1\r\nHost: x\r\n\r\n"]) { _, response in
            try response.begin(length: 10)
            try await response.write("12345")
            throw Oops()
        }
        #expect(!text.hasSuffix("1234567890"))
        #expect(!text.contains("500"))
    }

    @Test func aHandlerThatSaysNothingAnswersWithItsStatus() async throws {
        let text = try await answers(to: ["GET / HTTP/1.1\r\nHost: x\r\n\r\n"]) { _, response in
            response.status = .noContent
        }
        #expect(withoutDates(text) == "HTTP/1.1 204 No Content\r\n\r\n")
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\n\r\n", 400), ("G\u{1}T / HTTP/1.1\r\n\r\n", 400),
        ("GET / HTTP/3.0\r\nHost: x\r\n\r\n", 505),
        ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx", 400),
        ("GET /\(String(repeating: "a", count: 9000)) HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        ("GET / HTTP/1.1\r\nHost: x\r\nX: \(String(repeating: "a", count: 40_000))\r\n\r\n", 431),
        ("POST / HTTP/1.1\r\nHost: x\r\nExpect: tea\r\n\r\n", 417),
    ])
    func whatIsNoRequestIsRefusedWithItsStatus(_ bytes: String, _ status: Int) async throws {
        let text = try await answers(to: [bytes], hello)
        #expect(text.hasPrefix("HTTP/1.1 \(status) "))
        #expect(text.contains("Connection: close\r\n"))
    }

    @Test func aViolationAfterAGoodRequestLeavesItsAnswer() async throws {
        let text = try await answers(
            to: ["GET /good HTTP/1.1\r\nHost: x\r\n\r\nbad bad bad bad\r\n\r\n"],
            hello
        )
        #expect(text.contains("GET /good\n"))
        #expect(text.contains("HTTP/1.1 400 "))
    }

    @Test func anUnreadBodyIsSkippedWhenItIsSmall() async throws {
        let text = try await answers(
            to: [
                "POST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
                "GET /2 HTTP/1.1\r\nHost: x\r\n\r\n",
            ],
            hello
        )
        #expect(text.contains("POST /1\n") && text.contains("GET /2\n"))
    }

    @Test func anUnreadBodyThatIsLargeEndsTheConnection() async throws {
        var configuration = HTTPServer.Configuration()
        configuration.unreadBodyLimit = 10
        let text = try await answers(
            to: [
                "POST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n"
                    + String(repeating: "x", count: 500), "GET /2 HTTP/1.1\r\nHost: x\r\n\r\n",
            ],
            by: configuration,
            hello
        )
        #expect(text.contains("POST /1\n"))
        #expect(!text.contains("GET /2\n"))
    }

    @Test func aHeadThatDoesNotEndInTimeIsRefused() async throws {
        var configuration = HTTPServer.Configuration()
        configuration.headTimeLimit = .milliseconds(30)
        configuration.lingerLimit = .milliseconds(10)
        let listener = try StreamListener.listen(on: .v4(.loopback, port: 0))
        let server = HTTPServer(listener, configuration)
        let (client, stream) = InMemoryStream.pair()
        async let served: Void = server.serve(stream, of: nil, isSecure: false, hello)
        try await client.send("GET / HTT")
        var buffer = ByteBuffer()
        while try await client.receive(into: &buffer) > 0 {}
        await served
        listener.close()
        #expect(String(decoding: buffer.array(), as: UTF8.self).hasPrefix("HTTP/1.1 408 "))
    }

    @Test func aBodyThatDripsIsRefused() async throws {
        var configuration = HTTPServer.Configuration()
        configuration.pace = HTTPPace(grace: .milliseconds(30), bytesPerSecond: 500)
        configuration.lingerLimit = .milliseconds(10)
        let listener = try StreamListener.listen(on: .v4(.loopback, port: 0))
        let server = HTTPServer(listener, configuration)
        let (client, stream) = InMemoryStream.pair()
        async let served: Void = server.serve(stream, of: nil, isSecure: false) {
            try await $1.send($0.body(limit: 1000))
        }
        try await client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc")
        var buffer = ByteBuffer()
        while try await client.receive(into: &buffer) > 0 {}
        await served
        listener.close()
        #expect(String(decoding: buffer.array(), as: UTF8.self).hasPrefix("HTTP/1.1 408 "))
    }

    @Test func aServerThatDrainsEndsIdleConnectionsAtOnceAndAnswersBusyOnes() async throws {
        try await HTTPServer.listen(on: "127.0.0.1:0") { server in
            async let serving: Void = server.serve { request, response in
                // Drains while it is being asked.
                server.drain(before: .after(.seconds(20)))
                try await response.send("last")
            }
            let idle = try await StreamConnection.connect(to: Endpoint(server.localAddress))
            let busy = try await StreamConnection.connect(to: Endpoint(server.localAddress))
            // Both are known to the server once they have been answered; the first only connects.
            try await busy.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            var buffer = ByteBuffer()
            while try await busy.receive(into: &buffer) > 0 {}
            let text = String(decoding: buffer.array(), as: UTF8.self)
            #expect(text.contains("Connection: close\r\n") && text.hasSuffix("last"))
            var nothing = ByteBuffer()
            _ = try? await idle.receive(into: &nothing)
            #expect(nothing.array().isEmpty)
            try await serving
        }
    }

    @Test func everyExchangeIsReported() async throws {
        let records = Records()
        var configuration = HTTPServer.Configuration()
        configuration.onExchange = { records.add($0) }
        _ = try await answers(
            to: ["GET /a HTTP/1.1\r\nHost: x\r\n\r\nnonsense\r\n\r\n"],
            by: configuration,
            hello
        )
        let all = records.all
        #expect(all.map { $0.status?.code } == [200, 400])
        #expect(all.first?.request?.path == "/a")
        #expect(all.first?.bodySize == 7)
        #expect(all.last?.failure is HTTPViolation)
    }
}

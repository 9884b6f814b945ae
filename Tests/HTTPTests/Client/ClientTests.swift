import HTTP
import HTTPCodec
import Sockets
import SocketsTesting
import Testing

struct ClientTests {
    @Test func asksAndKeepsTheConnection() async throws {
        let peers = Lock<Set<String>>([])
        try await withServer { request, response in
            peers.withLock { _ = $0.insert("\(request.client.peerAddress!)") }
            try await response.send("\(request.method) \(request.target)")
        } _: { url, _ in
            let client = HTTPClient()
            defer { client.close() }
            for count in 1...5 {
                let answer = try await client.get(url.resolving("/a?\(count)"), limit: 100)
                #expect(text(answer) == "GET /a?\(count)")
            }
            #expect(peers.withLock { $0.count } == 1)
        }
    }

    @Test func aBodyOfBytesArrives() async throws {
        try await withServer { request, response in
            try await response.send(request.body(limit: 1 << 22))
        } _: { url, _ in
            let client = HTTPClient()
            defer { client.close() }
            for size in [0, 1, 65_536, 65_537, 3_000_000] {
                let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
                let back = try await client.send(HTTPClientRequest(.post, url), .bytes(bytes)) {
                    try await $0.body(limit: 1 << 22)
                }
                #expect(back == bytes)
            }
        }
    }

    @Test func aStreamedBodyArrivesInChunksWithTrailers() async throws {
        try await withServer { request, response in
            let body = try await request.body(limit: 1000)
            #expect(request.framing == .chunked)
            try await response.send(
                text(body) + (request.trailers[HTTPField.Name("X-Sum")!] ?? "none")
            )
        } _: { url, _ in
            let client = HTTPClient()
            defer { client.close() }
            let body = HTTPRequestBody.stream(length: nil) { writer in
                try await writer.write("one ")
                try await writer.write("")
                try await writer.write("two ")
                writer.trailers[HTTPField.Name("X-Sum")!] = "8"
            }
            let answer = try await client.send(HTTPClientRequest(.put, url), body) {
                try await $0.body(limit: 100)
            }
            #expect(text(answer) == "one two 8")
        }
    }

    @Test func bothDirectionsFlowAtOnce() async throws {
        // More than both sockets' buffers hold: a client that first sends and then reads hangs here.
        let size = 20_000_000
        try await withServer { request, response in
            try response.begin()
            var piece: [UInt8] = []
            while try await request.nextBodyPart({ part in
                unsafe part.withUnsafeBytes { unsafe piece = Array($0) }
            }) { try await response.write(piece) }
        } _: { url, _ in
            let client = HTTPClient()
            defer { client.close() }
            let body = HTTPRequestBody.stream(length: UInt64(size)) { writer in
                let piece = [UInt8](repeating: 7, count: 100_000)
                for _ in 0..<size / piece.count { try await writer.write(piece) }
            }
            let count = try await client.send(HTTPClientRequest(.post, url), body) { response in
                var count = 0
                while try await response.nextBodyPart({ count += $0.byteCount }) {}
                return count
            }
            #expect(count == size)
            // And the connection is of further use.
            let again = try await client.send(HTTPClientRequest(.post, url), .text("x")) {
                try await $0.body(limit: 10)
            }
            #expect(text(again) == "x")
        }
    }

    @Test func anAnswerToHeadHasNoBodyButALength() async throws {
        try await withServer { request, response in
            try await response.send("hello")
        } _: { url, _ in
            let client = HTTPClient()
            defer { client.close() }
            for _ in 1...2 {
                let (length, body) = try await client.send(HTTPClientRequest(.head, url)) {
                    (try #require($0.length), try await $0.body(limit: 0))
                }
                #expect(length == 5)
                #expect(body.isEmpty)
            }
        }
    }

    @Test func trailersAndInterimResponsesAreSeen() async throws {
        let seen = Lock<[Int]>([])
        try await withServer { request, response in
            try await response.inform(
                HTTPResponse.Status(code: 103),
                [HTTPField.Name("Link")!: "</a>; rel=preload"]
            )
            try response.begin()
            try await response.write("abc")
            try await response.finish(trailers: [HTTPField.Name("X-Sum")!: "3"])
        } _: { url, _ in
            let client = HTTPClient()
            defer { client.close() }
            var request = HTTPClientRequest(.get, url)
            request.onInterim = { response in seen.withLock { $0.append(response.status.code) } }
            let sum = try await client.send(request) { response in
                _ = try await response.body(limit: 100)
                return response.trailers[HTTPField.Name("X-Sum")!]
            }
            #expect(sum == "3")
            #expect(seen.withLock { $0 } == [103])
        }
    }

    @Test func aBodyThatIsNotWantedIsNotSent() async throws {
        let written = Lock(false)
        try await withServer { request, response in
            response.status = .contentTooLarge
            try await response.send("no")
        } _: { url, _ in
            let client = HTTPClient()
            defer { client.close() }
            var request = HTTPClientRequest(.put, url)
            request.expectsContinue = true
            let body = HTTPRequestBody.stream(length: 1 << 30) { _ in written.withLock { $0 = true }
            }
            let status = try await client.send(request, body) { response in
                _ = try await response.body(limit: 10)
                return response.status
            }
            #expect(status == .contentTooLarge)
            #expect(!written.withLock { $0 })
        }
    }

    @Test func aBodyIsSentWhenTheServerSaysSoAndWhenItSaysNothing() async throws {
        try await withServer { request, response in
            try await response.send(request.body(limit: 100))
        } _: { url, _ in
            let client = HTTPClient()
            defer { client.close() }
            var request = HTTPClientRequest(.put, url)
            request.expectsContinue = true
            let answer = try await client.send(request, .text("hello")) {
                try await $0.body(limit: 9)
            }
            #expect(text(answer) == "hello")
        }
        try await withRawServer { connection, _ in
            // An old server: it knows of no expectation and waits for the body.
            let head = try await connection.receiveHead()
            #expect(head?.contains("Expect: 100-continue\r\n") == true)
            var buffer = ByteBuffer()
            while buffer.count < 5, try await connection.receive(into: &buffer) > 0 {}
            try await connection.send(
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" + text(buffer.array())
            )
        } _: { url in
            var configuration = HTTPClient.Configuration()
            configuration.continueTimeLimit = .milliseconds(20)
            let client = HTTPClient(configuration)
            defer { client.close() }
            var request = HTTPClientRequest(.put, url)
            request.expectsContinue = true
            let answer = try await client.send(request, .text("hello")) {
                try await $0.body(limit: 9)
            }
            #expect(text(answer) == "hello")
        }
    }

    @Test func whatTheSourceOfABodyThrowsEndsTheExchange() async throws {
        struct Oops: Error {}
        let failures = Lock(0)
        try await withServer { request, response in
            do {
                _ = try await request.body(limit: 1000)
            } catch {
                failures.withLock { $0 += 1 }
                throw error
            }
        } _: { url, _ in
            let client = HTTPClient()
            defer { client.close() }
            let body = HTTPRequestBody.stream(length: nil) { writer in
                try await writer.write("half")
                throw Oops()
            }
            await #expect(throws: Oops.self) {
                try await client.send(HTTPClientRequest(.post, url), body) { _ in }
            }
            let short = HTTPRequestBody.stream(length: 10) { try await $0.write("five!") }
            let error = await client.failure(of: HTTPClientRequest(.post, url), short)
            #expect(error?.reason == .wrongBodyLength(announced: 10, written: 5))
        }
    }

    @Test func whatAHandlerThrowsIsThrown() async throws {
        struct Oops: Error {}
        try await withServer { _, response in
            try await response.send("x")
        } _: { url, _ in
            let client = HTTPClient()
            defer { client.close() }
            await #expect(throws: Oops.self) {
                try await client.send(HTTPClientRequest(.get, url)) { _ in throw Oops() }
            }
        }
    }

    @Test func aRequestThatMustNotGoOutIsRefused() async throws {
        try await withServer { request, response in
            try await response.send(request.head.authority == "other.test:1" ? "other" : "x")
        } _: { url, _ in
            let client = HTTPClient()
            defer { client.close() }
            let host = HTTPField.Name("Host")!
            for name in ["e vil", "", "a,b", "a/b"] {
                let error = await client.failure(
                    of: HTTPClientRequest(.get, url, fields: [host: name])
                )
                #expect(error?.reason == .malformedRequest, "\(name)")
            }
            try await client.expect("x", at: url)
            // One that may go out takes the place of the URL's.
            let request = HTTPClientRequest(.get, url, fields: [host: "other.test:1"])
            let answer = try await client.send(request) { try await $0.body(limit: 10) }
            #expect(text(answer) == "other")
        }
    }

    @Test func nobodyThereIsAnErrorThatSaysWhere() async throws {
        let listener = try StreamListener.listen(on: .v4(.loopback, port: 0))
        let url = try HTTPURL("http://\(listener.localAddress)/x")
        listener.close()
        let client = HTTPClient()
        defer { client.close() }
        let error = await client.failure(of: HTTPClientRequest(.get, url))
        #expect(error?.reason == .notConnected)
        #expect(error?.socketError?.code == .refused)
        #expect("\(error!)".hasPrefix("GET \(url): no connection: connect tcp"))
    }

    @Test func anEndpointMayStandForEveryOrigin() async throws {
        let folder = try TemporaryFolder()
        let endpoint = try Endpoint("unix:\(folder.path)/s")
        try await HTTPServer.listen(on: endpoint) { server in
            async let serving: Void = server.serve { request, response in
                try await response.send(request.head.authority ?? "none")
            }
            var configuration = HTTPClient.Configuration()
            configuration.connector = .endpoint(endpoint)
            let client = HTTPClient(configuration)
            try await client.expect("anything:99", at: "http://anything:99/")
            client.close()
            server.drain(before: .now)
            try await serving
        }
    }

    @Test func aStreamInMemoryWillDo() async throws {
        let listener = try StreamListener.listen(on: .v4(.loopback, port: 0))
        defer { listener.close() }
        let server = HTTPServer(listener)
        let (ours, theirs) = InMemoryStream.pair(capacity: 7)
        var configuration = HTTPClient.Configuration()
        configuration.connector = HTTPConnector { _ in ours }
        let client = HTTPClient(configuration)
        async let served: Void = server.serve(theirs, of: nil, isSecure: false) {
            try await $1.send($0.body(limit: 100))
        }
        let answer = try await client.send(
            HTTPClientRequest(.post, "http://h/"),
            .text("through a keyhole")
        ) { try await $0.body(limit: 100) }
        #expect(text(answer) == "through a keyhole")
        client.close()
        await served
    }

    @Test func aSwitchedConnectionIsHandedOverWithWhatHasCome() async throws {
        try await withRawServer { connection, _ in
            let head = try await connection.receiveHead()
            #expect(head?.contains("Upgrade: echo\r\n") == true)
            #expect(head?.contains("Connection: upgrade\r\n") == true)
            try await connection.send(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\nfirst"
            )
            var buffer = ByteBuffer()
            while try await connection.receive(into: &buffer) > 0 {
                try await connection.send(&buffer)
            }
        } _: { url in
            let client = HTTPClient()
            let request = HTTPClientRequest(.get, url, fields: [.upgrade: "echo"])
            let stream = try await client.send(request) { response in
                #expect(response.upgrade == ["echo"])
                let switched = try response.takeOver()
                #expect(text(switched.received.array()) == "first")
                return switched.stream
            }
            // It is no longer the client's.
            client.close()
            try await stream.send("hello")
            var buffer = ByteBuffer()
            _ = try await stream.receive(into: &buffer)
            #expect(text(buffer.array()) == "hello")
            stream.close()
        }
    }
}

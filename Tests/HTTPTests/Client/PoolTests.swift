import HTTP
import HTTPCodec
import Sockets
import SocketsTesting
import Testing

@testable import HTTP

struct PoolTests {
    private let answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    @Test func aConnectionThatTheServerHasClosedIsNoticedBeforeItIsUsed() async throws {
        let served = Lock<[Int]>([])
        try await withRawServer { connection, number in
            // One request a connection, without a word that it ends.
            guard try await connection.receiveHead() != nil else { return }
            served.withLock { $0.append(number) }
            try await connection.send(answer)
        } _: { url in
            let client = HTTPClient()
            defer { client.close() }
            // Not idempotent, so it must not be sent twice: noticing is all that helps. The pause in
            // between is the server's close on its way.
            for count in 1...5 {
                let status = try await client.send(HTTPClientRequest(.post, url), .text("x")) {
                    _ = try await $0.body(limit: 2)
                    return $0.status
                }
                #expect(status == .ok, "request \(count)")
                try await EventLoopGroup.shared.next().sleep(until: .after(.milliseconds(30)))
            }
            #expect(served.withLock { $0 } == [1, 2, 3, 4, 5])
        }
    }

    @Test func whatTheServerDroppedUnansweredIsSentOnceMoreIfThatIsSafe() async throws {
        let heads = Lock<[String]>([])
        try await withRawServer { connection, number in
            // Answers the first of a connection, takes the second and closes.
            guard let first = try await connection.receiveHead() else { return }
            heads.withLock { $0.append("\(number) \(first.prefix(4))") }
            try await connection.send(answer)
            guard let second = try await connection.receiveHead() else { return }
            heads.withLock { $0.append("\(number) \(second.prefix(4))") }
        } _: { url in
            let client = HTTPClient()
            defer { client.close() }
            try await client.expect("ok", at: url)
            try await client.expect("ok", at: url)
            #expect(heads.withLock { $0 } == ["1 GET ", "1 GET ", "2 GET "])
            let error = await client.failure(of: HTTPClientRequest(.post, url), .text("x"))
            #expect(error?.reason == .unanswered)
            #expect(heads.withLock { $0 }.suffix(1) == ["2 POST"])
        }
    }

    @Test func onceMoreIsOnce() async throws {
        let count = Lock(0)
        try await withRawServer { connection, number in
            while try await connection.receiveHead() != nil {
                count.withLock { $0 += 1 }
                if number > 1 || count.withLock({ $0 }) > 1 { return }
                try await connection.send(answer)
            }
        } _: { url in
            let client = HTTPClient()
            defer { client.close() }
            _ = try await client.get(url, limit: 2)
            let error = await client.failure(of: HTTPClientRequest(.get, url))
            #expect(error?.reason == .unanswered)
            #expect(count.withLock { $0 } == 3)
        }
    }

    @Test func afterAByteOfAResponseNothingIsSentAgain() async throws {
        let count = Lock(0)
        try await withRawServer { connection, _ in
            while try await connection.receiveHead() != nil {
                let number = count.withLock { count in
                    count += 1
                    return count
                }
                if number > 1 { return try await connection.send("H") }
                try await connection.send(answer)
            }
        } _: { url in
            let client = HTTPClient()
            defer { client.close() }
            _ = try await client.get(url, limit: 2)
            let error = await client.failure(of: HTTPClientRequest(.get, url))
            #expect(error?.reason == .truncated(received: 0, announced: nil))
            #expect(count.withLock { $0 } == 2)
        }
    }

    @Test func bytesNobodyAskedForEndAConnection() async throws {
        try await withRawServer { connection, number in
            while try await connection.receiveHead() != nil {
                try await connection.send(answer + (number == 1 ? answer : ""))
            }
        } _: { url in
            let client = HTTPClient()
            defer { client.close() }
            for _ in 1...3 { try await client.expect("ok", at: url) }
        }
    }

    @Test func thereAreNeverMoreConnectionsThanTheLimit() async throws {
        let state = Lock((open: 0, most: 0))
        try await withServer { request, response in
            state.withLock {
                $0.open += 1
                $0.most = max($0.most, $0.open)
            }
            await Task.yield()
            try await response.send("x")
            state.withLock { $0.open -= 1 }
        } _: { url, server in
            var configuration = HTTPClient.Configuration()
            configuration.pool.connectionsPerOrigin = 3
            let client = HTTPClient(configuration)
            defer { client.close() }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<200 { group.addTask { _ = try await client.get(url, limit: 1) } }
                try await group.waitForAll()
            }
            #expect(state.withLock { $0.most } <= 3)
            #expect(client.pool.state.withLock { $0.idleCount } <= 3)
            #expect(
                client.pool.state.withLock { $0.places.values.allSatisfy { $0.busyCount == 0 } }
            )
        }
    }

    @Test func whoWaitsCanGiveUp() async throws {
        try await withRawServer { connection, _ in
            while try await connection.receiveHead() != nil { try await connection.send(answer) }
        } _: { url in
            var configuration = HTTPClient.Configuration()
            configuration.pool.connectionsPerOrigin = 1
            let client = HTTPClient(configuration)
            defer { client.close() }
            let late = try await client.send(HTTPClientRequest(.get, url)) { response in
                // The one connection is at work here.
                let late = await withDeadline(.after(.milliseconds(20))) {
                    await client.failure(of: HTTPClientRequest(.get, url))
                }
                _ = try await response.body(limit: 2)
                return late
            }
            #expect(late?.reason == .notConnected)
            #expect(late?.socketError?.code == .deadlinePassed)
            try await client.expect("ok", at: url)
        }
    }

    @Test func closingWakesWhoWaitsAndEndsWhatWorks() async throws {
        try await withRawServer { connection, _ in
            var rest = ByteBuffer()
            while try await connection.receive(into: &rest) > 0 {}
        } _: { url in
            var configuration = HTTPClient.Configuration()
            configuration.pool.connectionsPerOrigin = 1
            let client = HTTPClient(configuration)
            async let first = client.failure(of: HTTPClientRequest(.get, url))
            async let second = client.failure(of: HTTPClientRequest(.get, url))
            while client.pool.state.withLock({ $0.places.values.first?.waiters.isEmpty ?? true }) {
                await Task.yield()
            }
            client.close()
            let codes = await [first, second].map { $0?.socketError?.code }
            #expect(codes == [.closed, .closed])
            let third = await client.failure(of: HTTPClientRequest(.get, url))
            #expect(third?.socketError?.code == .closed)
        }
    }

    @Test func aConnectionThatRestsForTooLongIsClosed() async throws {
        let ended = Lock(0)
        try await withRawServer { connection, _ in
            while try await connection.receiveHead() != nil { try await connection.send(answer) }
            ended.withLock { $0 += 1 }
        } _: { url in
            var configuration = HTTPClient.Configuration()
            configuration.pool.idleTime = .milliseconds(20)
            let client = HTTPClient(configuration)
            defer { client.close() }
            _ = try await client.get(url, limit: 2)
            while ended.withLock({ $0 }) == 0 { await Task.yield() }
            #expect(client.pool.state.withLock { $0.idleCount } == 0)
        }
    }

    @Test func nothingIsLeftBehind() async {
        await #expect(processExitsWith: .success) {
            try await withLeakCheck {
                try await withServer { request, response in
                    if request.path == "/cut" {
                        try response.begin(length: 10)
                        try await response.write("12345")
                        throw CancellationError()
                    }
                    try await response.send("x")
                } _: { url, _ in
                    let client = HTTPClient()
                    for path in ["/", "/cut", "/a", "/cut"] {
                        _ = await client.failure(
                            of: HTTPClientRequest(.get, try url.resolving(path))
                        )
                    }
                    client.close()
                }
            }
        }
    }
}

import HTTP
import HTTPCodec
import Sockets
import Testing

/// A pipeline of requests that move hardly a byte lets others of its thread through.
struct FairnessTests {
    @Test func aPipelineLetsOthersThrough() async throws {
        let loops = try EventLoopGroup(count: 1)
        let count = 400
        let order = Order()
        let (begun, continuation) = AsyncStream.makeStream(of: Void.self)
        try await HTTPServer.listen(on: "127.0.0.1:0", loops: loops) { server in
            async let serving: Void = server.serve { request, response in
                order.add(request.target)
                if request.path == "/slow" {
                    continuation.yield()
                    // What a listing costs, or a look-up.
                    let end = ContinuousClock.now + .milliseconds(5)
                    while ContinuousClock.now < end {}
                }
                response.status = .noContent
            }
            let honest = try await StreamConnection.connect(to: Endpoint(server.localAddress))
            let pipeline = try await StreamConnection.connect(to: Endpoint(server.localAddress))
            let request = "HEAD /slow HTTP/1.1\r\nHost: x\r\n\r\n"
            try await pipeline.send(String(repeating: request, count: count))
            for await _ in begun { break }
            // All of the pipeline is there by now, and would take two seconds.
            try await honest.send("GET /honest HTTP/1.1\r\nHost: x\r\n\r\n")
            var buffer = ByteBuffer()
            _ = try await honest.receive(into: &buffer)
            let before = order.all.firstIndex(of: "/honest") ?? order.all.count
            #expect(before < count)
            #expect(order.all.count <= count)
            pipeline.reset()
            honest.close()
            server.drain(before: .now)
            try await serving
        }
    }
}

/// In which order requests were answered.
private final class Order: Sendable {
    private let targets = Lock<[String]>([])

    func add(_ target: String) { targets.withLock { $0.append(target) } }

    var all: [String] { targets.withLock { $0 } }
}

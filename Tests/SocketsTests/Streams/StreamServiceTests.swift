import Logging
import ServiceLifecycle
import SocketsTesting
import Testing

@testable import Sockets

@Suite("A stream service")
struct StreamServiceTests {
    @Test func drainsWhenItsGroupShutsDown() async throws {
        let (addresses, sink) = AsyncStream<SocketAddress>.makeStream()
        let service = StreamService(
            on: "127.0.0.1:0",
            drainLimit: .seconds(60),
            listening: { sink.yield($0) },
            handler: { connection in
                var buffer = ByteBuffer()
                while try await connection.receive(into: &buffer) > 0 {
                    try await connection.send(&buffer)
                }
            }
        )
        let group = ServiceGroup(services: [service], logger: Logger(label: "test"))
        let running = Task { try await group.run() }
        var iterator = addresses.makeAsyncIterator()
        let address = try #require(await iterator.next())
        #expect(address.port != 0)
        let client = try await StreamSocket.create(.ipv4).connect(to: address)
        try await client.send("one")
        let reader = ByteReader(client)
        #expect(try await reader.bytes(exactly: 3) == Array("one".utf8))
        await group.triggerGracefulShutdown()
        // Nobody new, and who is there is served to the end.
        try await eventually {
            do throws(SocketError) {
                try await StreamSocket.create(.ipv4).connect(to: address).close()
                return false
            } catch {
                return error.code == .refused
            }
        }
        try await client.send("two")
        #expect(try await reader.bytes(exactly: 3) == Array("two".utf8))
        client.close()
        try await running.value
    }

    @Test func cancelsItsHandlersAtTheDrainLimit() async throws {
        let (addresses, sink) = AsyncStream<SocketAddress>.makeStream()
        let service = StreamService(
            on: "127.0.0.1:0",
            drainLimit: .milliseconds(50),
            listening: { sink.yield($0) },
            handler: { connection in
                try await connection.send("hello")
                var buffer = ByteBuffer()
                while try await connection.receive(into: &buffer) > 0 {}
            }
        )
        let group = ServiceGroup(services: [service], logger: Logger(label: "test"))
        let running = Task { try await group.run() }
        var iterator = addresses.makeAsyncIterator()
        let address = try #require(await iterator.next())
        let client = try await StreamSocket.create(.ipv4).connect(to: address)
        let reader = ByteReader(client)
        #expect(try await reader.bytes(exactly: 5) == Array("hello".utf8))
        await group.triggerGracefulShutdown()
        #expect(try await reader.bytes(exactly: 1) == nil)
        try await running.value
        client.close()
    }

    @Test func failsWhenItCannotListen() async throws {
        let listener = try StreamListener.listen(on: .v4(.loopback, port: 0))
        let service = StreamService(on: Endpoint(listener.localAddress)) { _ in }
        await expect(.addressInUse) { try await service.run() }
        listener.close()
    }
}

import ChatCore
import ChatServer
import Sockets
import Testing

/// Runs a chat on free ports for the time of `body`, which has ten seconds, and checks that nothing
/// of it is left.
func withChat(
    on endpoints: [Endpoint] = ["127.0.0.1:0"],
    chat: ChatLimits = .init(),
    limits: ChatServer.Limits = .init(),
    _ body: @escaping (ChatServer, [SocketAddress]) async throws -> Void
) async throws {
    let (addresses, announce) = AsyncStream<[SocketAddress]>.makeStream()
    let server = ChatServer(.init(endpoints: endpoints, chat: chat, limits: limits)) {
        announce.yield($0)
    }
    let running = Task { try await server.run() }
    let listening = try #require(await addresses.first { _ in true })
    do {
        // On a loop's thread: other tests may block those of the pool for longer than that.
        try await withTaskExecutorPreference(EventLoopGroup.shared.next()) {
            try await withDeadline(.after(.seconds(10))) { try await body(server, listening) }
        }
    } catch {
        running.cancel()
        throw error
    }
    server.stop()
    try await running.value
    #expect(server.statistics().connectionCount == 0)
    #expect(server.statistics().memberCount == 0)
}

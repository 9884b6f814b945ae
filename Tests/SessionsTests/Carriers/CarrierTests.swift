import HTTP
import Sessions
import Sockets
import SocketsTesting
import TLS
import Testing

@Suite struct CarrierTests {
    private static var handlers: SessionHandlers {
        var handlers = SessionHandlers()
        handlers.reply("echo") { $0 }
        return handlers
    }

    /// Calls large and small, over connections that break.
    private func use(_ session: Session) async throws {
        for size in [0, 1, 1_000, 100_000] {
            let bytes = [UInt8](repeating: 3, count: size)
            let answer = try await session.call("echo", bytes)
            #expect(answer == bytes)
        }
    }

    @Test func tlsCarriesASession() async throws {
        let server = SessionServer(.testing)
        let identity = try TLSServerConfiguration(identities: [.selfSigned()])
        let client = try TLSClientConfiguration(verification: .recorded)
        try await StreamListener.listen(on: "127.0.0.1:0") { listener in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try? await server.serve { try await $0.serve(Self.handlers) } }
                group.addTask {
                    try await listener.serve { connection in
                        let stream = try await TLSStream.accept(
                            over: connection,
                            configuration: identity
                        )
                        await server.attach(stream)
                    }
                }
                while !server.isServing { await Task.yield() }
                let count = TestLock(0)
                try await Session.connect(
                    to: [Endpoint(listener.localAddress)],
                    transport: { endpoint in
                        let connection = try await StreamConnection.connect(to: endpoint)
                        let stream = try await TLSStream.connect(
                            over: connection,
                            name: "localhost",
                            configuration: client
                        )
                        let number = count.withLock { count in
                            count += 1
                            return count
                        }
                        return CutStream(stream, after: 20_000 * number, .receiving)
                    }
                ) { session in
                    try await use(session)
                    #expect(session.statistics().attachmentCount > 2)
                }
                group.cancelAll()
            }
        }
    }

    @Test func webSocketCarriesASession() async throws {
        let server = SessionServer(.testing)
        try await HTTPServer.listen(on: "127.0.0.1:0") { web in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try? await server.serve { try await $0.serve(Self.handlers) } }
                group.addTask {
                    try await web.serve { request, response in
                        let socket = try await response.acceptWebSocket()
                        await server.attach(WebSocketByteStream(socket))
                    }
                }
                while !server.isServing { await Task.yield() }
                let endpoint = Endpoint(web.localAddress)
                try await Session.connect(
                    to: [endpoint],
                    transport: { endpoint in
                        let connection = try await StreamConnection.connect(to: endpoint)
                        let socket = try await WebSocketConnection.connect(
                            over: connection,
                            host: "localhost"
                        )
                        return WebSocketByteStream(socket)
                    }
                ) { session in
                    try await use(session)
                }
                group.cancelAll()
            }
        }
    }
}

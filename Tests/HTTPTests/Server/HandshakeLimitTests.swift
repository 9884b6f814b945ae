import HTTP
import Sockets
import TLS
import Testing

struct HandshakeLimitTests {
    @Test func whoDoesNotMakeTheHandshakeInTimeIsDisconnected() async throws {
        var configuration = HTTPServer.Configuration()
        configuration.handshakeTimeLimit = .milliseconds(50)
        let tls = try TLSServerConfiguration(identities: [TLSIdentity.selfSigned()])
        // Far below the usual limit of 10 s, so that without this one the deadline passes.
        try await withDeadline(.after(.seconds(5))) {
            try await HTTPServer.listen(on: "127.0.0.1:0", tls: tls, configuration) { server in
                async let serving: Void = server.serve { _, response in
                    try await response.send("hello\n")
                }
                let client = try await StreamConnection.connect(
                    to: Endpoint(server.localAddress)
                )
                var buffer = ByteBuffer()
                do {
                    while try await client.receive(into: &buffer) > 0 {}
                } catch let error as SocketError where error.code == .reset {
                    // Closed before it was heard.
                }
                client.close()
                server.drain(before: .now)
                try await serving
            }
        }
    }
}

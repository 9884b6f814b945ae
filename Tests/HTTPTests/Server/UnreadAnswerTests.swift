import HTTP
import Sockets
import TLS
import Testing

/// A client that asks and takes nothing holds a connection for a while, and not for hours.
struct UnreadAnswerTests {
    @Test(arguments: [false, true]) func whoTakesNothingIsLetGo(isSecure: Bool) async throws {
        let records = Records()
        var configuration = HTTPServer.Configuration()
        configuration.onExchange = { records.add($0) }
        configuration.acknowledgementLimit = .seconds(1)
        // By the pace alone the connection would be kept for longer than the test runs.
        configuration.pace = HTTPPace(grace: .seconds(3_600))
        let tls = isSecure ? try TLSServerConfiguration(identities: [.selfSigned()]) : nil
        try await withDeadline(.after(.seconds(30))) {
            try await HTTPServer.listen(on: "127.0.0.1:0", tls: tls, configuration) { server in
                async let serving: Void = server.serve { _, response in
                    try await response.send([UInt8](repeating: 120, count: 64 << 20))
                }
                let client = try await connected(to: server, isSecure: isSecure)
                try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                let record = try #require(await records.next())
                let failure = record.failure as? SocketError
                #expect(failure?.code == .timedOut, "\(String(describing: failure))")
                client.close()
                server.drain(before: .now)
                try await serving
            }
        }
    }
}

import HTTP
import HTTPCodec
import Sockets
import TLS
import Testing

struct SecureClientTests {
    private func withSecureServer(
        protocols: [String] = ["http/1.1"],
        _ body: (HTTPURL, TLSIdentity) async throws -> Void
    ) async throws {
        let identity = try TLSIdentity.selfSigned()
        let tls = try TLSServerConfiguration(
            identities: [identity],
            applicationProtocols: protocols
        )
        try await withDeadline(.after(.seconds(30))) {
            try await HTTPServer.listen(on: "127.0.0.1:0", tls: tls) { server in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        try await server.serve { request, response in
                            try await response.send("\(request.client.isSecure) \(request.target)")
                        }
                    }
                    defer { server.drain(before: .now) }
                    try await body(HTTPURL("https://\(server.localAddress)/"), identity)
                }
            }
        }
    }

    @Test func asksOverTLS() async throws {
        try await withSecureServer { url, identity in
            var configuration = HTTPClient.Configuration()
            configuration.tls = try TLSClientConfiguration(
                trustRoots: .only(identity.certificates),
                applicationProtocols: ["http/1.1"]
            )
            let client = HTTPClient(configuration)
            defer { client.close() }
            for _ in 1...3 { try await client.expect("true /", at: url) }
        }
    }

    @Test func aCertificateNobodyTrustsIsRefused() async throws {
        try await withSecureServer { url, _ in
            let client = HTTPClient()
            defer { client.close() }
            let error = await client.failure(of: HTTPClientRequest(.get, url))
            #expect(error?.reason == .notConnected)
            #expect(error?.socketError?.code == .untrustedPeer)
        }
    }
}

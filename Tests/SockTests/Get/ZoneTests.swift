import Foundation
import TestSupport
import Testing

/// Link-local addresses with a zone, between two networks: RFC 6874 §4 keeps the zone from the wire.
@Suite struct ZoneTests {
    /// Answers requests with their Host field; `/away` leads to the server as it knows itself.
    private static let server = """
        import http.server, socket, ssl, sys
        class Server(http.server.HTTPServer): address_family = socket.AF_INET6
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(302 if self.path == '/away' else 200)
                body = self.headers['Host'].encode()
                if self.path == '/away': self.send_header('Location', f'http://[fe80::2]:{port}/')
                self.send_header('Content-Length', str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            def log_message(self, *_): pass
        server = Server(('fe80::2', 0, 0, socket.if_nametoindex('va')), Handler)
        port = server.server_address[1]
        print(port, file=sys.stderr, flush=True)
        server.serve_forever()
        """

    private func withLink(
        _ body: (_ here: NetworkNamespace, _ there: NetworkNamespace) throws -> Void
    ) async throws {
        try await withNetworkNamespaces(2) { hosts in
            try hosts[0].connect("va", "10.8.0.1/24", to: hosts[1], "va", "10.8.0.2/24")
            try hosts[0].addAddress("fe80::1/64", to: "va")
            try hosts[1].addAddress("fe80::2/64", to: "va")
            try body(hosts[0], hosts[1])
        }
    }

    @Test func getSendsNoZoneAndFollowsARedirectOnTheLink() async throws {
        try await withLink { here, there in
            let server = try Program(
                ["ip", "netns", "exec", there.name, "python3", "-c", Self.server]
            )
            let port = try #require(server.errorLine())
            for zone in ["%25va", "%va"] {
                for path in ["", "away"] {
                    let outcome = try here.sock("get", "http://[fe80::2\(zone)]:\(port)/\(path)")
                    #expect(outcome.status == 0, "\(outcome.errors)")
                    #expect(outcome.text == "[fe80::2]:\(port)")
                }
            }
            server.send(SIGTERM)
            _ = server.wait()
        }
    }

    @Test(arguments: ["ws", "wss"])
    func aWebSocketIsMadeToALinkLocalAddress(scheme: String) async throws {
        try await withLink { here, there in
            let server = try Program(
                [
                    "ip", "netns", "exec", there.name, SockProgram.path, "listen",
                    "\(scheme)://[fe80::2%va]:0/",
                ],
                input: .text("hello\n")
            )
            var line = try #require(server.errorLine())
            while !line.hasPrefix("listening on ") { line = try #require(server.errorLine()) }
            let endpoint = String(line.dropFirst("listening on ".count))
            let trust = scheme == "wss" ? ["--insecure"] : []
            let outcome = try Program.run(
                ["ip", "netns", "exec", here.name, SockProgram.path, "connect", endpoint] + trust
            )
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.text == "hello\n")
            _ = server.wait()
        }
    }
}

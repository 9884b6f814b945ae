import Testing

/// How soon servers answer clients with the defaults of sockets: Nagle's algorithm, and acknowledgements
/// that wait up to 40 ms.
@Suite(.serialized) struct FirstAnswerTests {
    /// Prints the median of nine first answers in milliseconds, each on a connection of its own.
    private static let client = """
        import socket, ssl, sys, time
        port, version, question = int(sys.argv[1]), sys.argv[2], sys.argv[3].encode().decode('unicode_escape')
        context = ssl._create_unverified_context()
        context.maximum_version = ssl.TLSVersion[version]
        times = []
        for _ in range(9):
            with context.wrap_socket(socket.create_connection(('127.0.0.1', port))) as c:
                start = time.monotonic()
                c.sendall(question.encode())
                c.recv(1000)
                times.append((time.monotonic() - start) * 1000)
        print(sorted(times)[4])
        """

    private func median(_ port: String, _ version: String, _ question: String) throws -> Double {
        let outcome = try Program.run(["python3", "-c", Self.client, port, version, question])
        return try #require(Double(outcome.text.dropLast()), "\(outcome.errors)")
    }

    @Test(arguments: ["TLSv1_2", "TLSv1_3"])
    func aListenersEchoIsNotLate(version: String) throws {
        let server = try Program(
            [SockProgram.path, "listen", "tls://127.0.0.1:0", "--echo", "--keep"],
            input: .none
        )
        var line = try #require(server.errorLine())
        while !line.hasPrefix("listening on ") { line = try #require(server.errorLine()) }
        let port = String(line.split(separator: ":").last ?? "")
        #expect(try median(port, version, "x") < 20)
        server.send(15)
        _ = server.wait()
    }

    @Test(arguments: ["TLSv1_2", "TLSv1_3"])
    func aFileServersAnswerIsNotLate(version: String) throws {
        try withFolder { folder in
            let server = try Program(
                [
                    SockProgram.path, "serve", folder, "--listen", "127.0.0.1:0", "--tls",
                    "self-signed",
                ],
                input: .none
            )
            var line = try #require(server.errorLine())
            while !line.contains("https://127.0.0.1:") { line = try #require(server.errorLine()) }
            let rest = try #require(line.split(separator: "https://127.0.0.1:").last)
            let port = String(rest.prefix { $0.isNumber })
            let request = #"GET / HTTP/1.1\r\nHost: x\r\n\r\n"#
            #expect(try median(port, version, request) < 20)
            server.send(15)
            _ = server.wait()
        }
    }
}

import Foundation
import Testing

/// What the log says of downloads that were cut: the bytes that were sent.
@Suite struct ServeLogTests {
    private static let size = 60 << 20

    /// Reads some of a file and goes, in one way or another; prints how much it had.
    private static let client = """
        import os, socket, ssl, sys
        port, way, secure = int(sys.argv[1]), sys.argv[2], sys.argv[3] == "tls"
        c = socket.socket()
        c.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        c.connect(("127.0.0.1", port))
        if secure: c = ssl._create_unverified_context().wrap_socket(c)
        fields = b"Range: bytes=0-31457279,41943040-\\r\\n" if way == "parts" else b""
        c.sendall(b"GET /big.bin HTTP/1.1\\r\\nHost: x\\r\\n" + fields + b"\\r\\n")
        got = 0
        while got < 20 << 20: got += len(c.recv(65536))
        print(got, flush=True)
        if way == "wait": sys.stdin.read()
        if way == "reset": c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\\1\\0\\0\\0\\0\\0\\0\\0")
        c.close()
        """

    private func withServer(
        _ tls: String,
        _ body: (_ server: Program, _ port: String) throws -> Void
    ) throws {
        try withFolder { folder in
            let file = folder + "/big.bin"
            #expect(FileManager.default.createFile(atPath: file, contents: nil))
            #expect(unsafe truncate(file, Self.size) == 0)
            let server = try Program(
                [SockProgram.path, "serve", folder, "--listen", "127.0.0.1:0", "--json"]
                    + (tls == "tls" ? ["--tls", "self-signed"] : [])
            )
            let serving = try jsonObject(server.errorLine())
            if tls == "tls" { _ = server.errorLine() }
            let url = try #require(serving["url"] as? String)
            let port = try #require(url.split(separator: ":").last).dropLast()
            try body(server, String(port))
        }
    }

    /// Between what the client had and what both ends' sockets hold besides.
    private func check(_ line: String?, _ got: String) throws {
        let exchange = try jsonObject(line)
        let got = try #require(Int(got.trimmingCharacters(in: .whitespacesAndNewlines)))
        let size = try #require(exchange["size"] as? Int)
        // Heads of the answer and of its parts are among what the client had.
        #expect(size > got - 1_000 && size < got + (16 << 20), "\(got): \(exchange)")
        #expect(exchange["reason"] as? String != "", "\(exchange)")
    }

    @Test(arguments: ["close", "reset", "parts"], ["plain", "tls"])
    func aDownloadThatTheClientCutsIsLoggedWithWhatWasSent(way: String, tls: String) throws {
        try withServer(tls) { server, port in
            let got = try Program.run(["python3", "-c", Self.client, port, way, tls])
            #expect(got.status == 0, "\(got.errors)")
            try check(server.errorLine(), got.text)
            server.send(SIGTERM)
            #expect(server.wait().status == 0)
        }
    }

    @Test(arguments: ["plain", "tls"])
    func aDownloadThatTheSecondSignalCutsIsToo(tls: String) throws {
        try withServer(tls) { server, port in
            let client = try Program(
                ["python3", "-c", Self.client, port, "wait", tls],
                input: .open
            )
            let got = try #require(client.outputLine())
            server.send(SIGINT)
            #expect(try jsonObject(server.errorLine())["event"] as? String == "stopping")
            server.send(SIGINT)
            try check(server.errorLine(), got)
            #expect(server.wait().status == 0)
            client.endInput()
            _ = client.wait()
        }
    }
}

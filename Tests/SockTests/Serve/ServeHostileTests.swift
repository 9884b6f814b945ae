import Foundation
import Testing

/// Clients that mean harm, while others are served.
@Suite struct ServeHostileTests {
    /// No spelling of a path leads out of the folder.
    @Test func noPathLeadsOut() throws {
        try withFolder { folder in
            let served = folder + "/served"
            try FileManager.default.createDirectory(
                atPath: served + "/sub",
                withIntermediateDirectories: true
            )
            try Data("secret".utf8).write(to: URL(fileURLWithPath: folder + "/secret"))
            try Data("open".utf8).write(to: URL(fileURLWithPath: served + "/open"))
            let manager = FileManager.default
            try manager.createSymbolicLink(
                atPath: served + "/out",
                withDestinationPath: "../secret"
            )
            try manager.createSymbolicLink(atPath: served + "/up", withDestinationPath: "..")
            try manager.createSymbolicLink(
                atPath: served + "/absolute",
                withDestinationPath: folder + "/secret"
            )
            let server = try ServedFolder(served)
            for path in [
                "/../secret", "/sub/../../secret", "/%2e%2e/secret", "/..%2fsecret",
                "/%2e%2e%2fsecret", "/..%5csecret", "/out", "/up/secret", "/absolute",
                "//../secret",
                "/sub/%2e%2e/%2e%2e/secret", "/open/../../secret", "/.%2e/secret", "/..;/secret",
                "\(folder)/secret", "http://a/../secret", "/%00/../../secret",
                "/%c0%ae%c0%ae/secret",
            ] {
                let request = "GET \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                let answer = try server.answer(to: request)
                #expect(answer.hasPrefix("HTTP/1.1 4"), "\(path): \(answer)")
                #expect(!answer.contains("secret\n") && !answer.hasSuffix("secret"), "\(path)")
            }
            #expect(try server.curl(server.url + "/open").text == "open")
            server.stop()
        }
    }

    @Test func floodsAreRefusedWithTheirStatus() throws {
        try withFolder { folder in
            try FileTree.make(in: folder)
            let server = try ServedFolder(folder)
            let fields = (0..<1000).map { "X-\($0): 1\r\n" }.joined()
            let long = String(repeating: "a", count: 100_000)
            for (request, status) in [
                ("GET / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n", "431"),
                ("GET / HTTP/1.1\r\nHost: a\r\nX: \(long)\r\n\r\n", "431"),
                ("GET /\(long) HTTP/1.1\r\nHost: a\r\n\r\n", "414"),
                (
                    "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                    "400"
                ),
                ("GET / HTTP/1.1\r\nHost: a\r\n folded: 1\r\n\r\n", "400"),
                ("\u{0}\u{1}\u{2}\r\n\r\n", "400"),
            ] {
                let answer = try server.answer(to: request)
                #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(status): \(answer.prefix(80))")
                #expect(try server.curl("-f", server.url(of: "one")).status == 0)
            }
            server.stop()
        }
    }

    /// Whoever reads the connection on behalf of several clients would take a second answer for that of the
    /// next request.
    @Test(arguments: [false, true])
    func aMalformedBodyBehindAnAnswerGetsNoOther(isSecure: Bool) throws {
        try withFolder { folder in
            try FileTree.make(in: folder)
            let server =
                try isSecure
                ? ServedFolder(folder, "--quiet", "--tls", "self-signed")
                : ServedFolder(folder, "--quiet")
            let script = """
                import itertools, socket, ssl, sys
                port, secure = int(sys.argv[1]), sys.argv[2] == "true"
                methods = "GET HEAD POST OPTIONS PUT DELETE".split()
                bodies = [b"zz\\r\\nx\\r\\n", b"1\\r\\nxx\\r\\n", b"1\\nx\\r\\n", b"0\\r\\nHost: x\\r\\n\\r\\n"]
                for method, body, later in itertools.product(methods, bodies, [False, True]):
                    c = socket.create_connection(("127.0.0.1", port), timeout=20)
                    if secure: c = ssl._create_unverified_context().wrap_socket(c)
                    head = f"{method} /one HTTP/1.1\\r\\nHost: x\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n"
                    text = b""
                    c.sendall(head.encode() + (b"" if later else body))
                    if later:
                        while b"\\r\\n\\r\\n" not in text: text += c.recv(65536)
                        c.sendall(body)
                    while data := c.recv(65536): text += data
                    count = text.count(b"HTTP/1.1 ")
                    assert count == 1, (method, body, later, text)
                print("ok")
                """
            let python = try Program.run(["python3", "-c", script, server.port, "\(isSecure)"])
            #expect(python.text == "ok\n", "\(python.errors)")
            server.stop()
        }
    }

    /// A pipeline of requests that cost time and move nothing keeps nobody waiting.
    @Test(arguments: [("/many/", []), ("/many/x", ["--upload"])])
    func aPipelineOfHeadsLetsOthersThrough(path: String, flags: [String]) throws {
        try withFolder { folder in
            try FileManager.default.createDirectory(
                atPath: folder + "/many",
                withIntermediateDirectories: false
            )
            for index in 0..<3_000 {
                #expect(
                    FileManager.default.createFile(atPath: "\(folder)/many/\(index)", contents: nil)
                )
            }
            try Data("hello".utf8).write(to: URL(fileURLWithPath: folder + "/a.txt"))
            // All connections on one thread.
            let server = try ServedFolder(
                folder,
                flags: ["--quiet"] + flags,
                environment: ["SOCK_LOOPS=1"]
            )
            let script = """
                import socket, sys, time
                def connect(): return socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=50)
                heads = [connect() for _ in range(4)]
                honest = connect()
                request = f"HEAD {sys.argv[2]} HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n".encode()
                for one in heads: one.sendall(request * (60000 // len(request)))
                start = time.monotonic()
                honest.sendall(b"GET /a.txt HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")
                text = b""
                while not text.endswith(b"hello"): text += honest.recv(65536)
                print(time.monotonic() - start)
                """
            let python = try Program.run(["python3", "-c", script, server.port, path])
            // Before, 10 to 60 seconds; a busy machine takes its part of the limit.
            #expect(Double(python.text.dropLast()) ?? 99 < 5, "\(python.text)\(python.errors)")
            server.stop()
        }
    }

    /// Who sends a head byte by byte is let go after ten seconds; the others do not notice.
    @Test func slowSendersAreLetGoWhileOthersAreServed() throws {
        try withFolder { folder in
            try FileTree.make(in: folder)
            let server = try ServedFolder(folder)
            // Half of them go on byte by byte for as long as they are let, the others say no more.
            let script = """
                import select, socket, sys
                slow = [socket.create_connection(("127.0.0.1", int(sys.argv[1]))) for _ in range(20)]
                for one in slow: one.sendall(b"GET / HTTP/1.1\\r\\nHost: a\\r\\nX: ")
                print("sent", flush=True)
                typing, waiting = slow[:10], set(slow)
                while waiting:
                    ready, _, _ = select.select(waiting, [], [], 0.1)
                    for one in ready:
                        print(one.recv(65536).split(b"\\r\\n")[0].decode(), flush=True)
                        waiting.discard(one)
                    for one in typing:
                        if one in waiting: one.sendall(b"x")
                """
            let slow = try Program(["python3", "-u", "-c", script, server.port])
            #expect(slow.outputLine() == "sent")
            let start = ContinuousClock.now
            let expected = bytes(folder + "/large.bin")
            while slow.isRunning {
                #expect(try server.curl("-f", server.url(of: "large.bin")).output == expected)
            }
            let lines = slow.wait().text.split(separator: "\n")
            #expect(
                lines.count == 20 && lines.allSatisfy { $0.hasPrefix("HTTP/1.1 408 ") },
                "\(lines)"
            )
            #expect(ContinuousClock.now - start > .seconds(9))
            server.stop()
        }
    }

    /// What a client asks for cannot command the terminal that shows the log, nor forge a line.
    @Test func theLogIsHarmless() throws {
        try withFolder { folder in
            let server = try ServedFolder(folder)
            _ = try server.curl(server.url + "/%1b%5b2J%0aserving", "-o", "/dev/null")
            let target = "/\u{9B}2J\u{7F}\u{1B}]0;x"
            _ = try server.answer(to: "GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n")
            let log = server.stop()
            #expect(log.contains("GET /%1b%5b2J%0aserving 404 "), "\(log)")
            for scalar in log.unicodeScalars where scalar != "\n" {
                #expect(scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value))
            }
        }
    }
}

import Foundation
import Testing

/// `sock get`: what is asked, and of whom.
@Suite struct GetRequestTests {
    /// Answers with the head of the request.
    private static let echo = """
        body = head.split(b"\\r\\n\\r\\n")[0]
        reply(b"HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n" % len(body) + body)
        """

    private func port(of server: WebServer) throws -> String {
        try #require(server.url.split(separator: ":").last.map(String.init))
    }

    @Test func aURLWithoutASchemeIsHTTP() throws {
        let server = try WebServer.scripted(Self.echo)
        let port = try port(of: server)
        for text in ["127.0.0.1:\(port)/x", "localhost:\(port)/x", "//localhost:\(port)/x"] {
            let get = try SockProgram.run("get", text)
            #expect(get.text.hasPrefix("GET /x HTTP/1.1\r\n"), "\(text): \(get.errors)")
        }
        server.stop()
    }

    @Test(
        arguments: [
            ("a:b@", [], "YTpi"), ("a:@", [], "YTo="), ("token@", [], "dG9rZW46"),
            ("a%40b:c%3Ad@", [], "YUBiOmM6ZA=="), ("a:b@c@", [], "YTpiQGM="),
            ("", ["--user", "a:b"], "YTpi"), ("", ["-u", "ä:b:c"], "w6Q6Yjpj"),
            ("a:b@", ["--user", "c:d"], "Yzpk"),
        ] as [(String, [String], String)]
    )
    func whoAsksIsSaid(_ before: String, _ options: [String], _ expected: String) throws {
        let server = try WebServer.scripted(Self.echo)
        let url = "http://\(before)127.0.0.1:\(try port(of: server))/"
        let get = try Program.run([SockProgram.path, "get", url] + options)
        #expect(
            get.text.contains("Authorization: Basic \(expected)\r\n"),
            "\(get.text)\(get.errors)"
        )
        #expect(!get.text.contains("@"))
        server.stop()
    }

    @Test func aPasswordIsInNoMessage() throws {
        let port = try unusedPort()
        for url in [
            "http://me:s3cret@127.0.0.1:\(port)/", "http://me:s3cret@127.0.0.1:99999/",
            "http://me:s3cret@h:8a/", "http://me:s3cret%@h/", "me:s3cret@h..h",
            "ftp://me:s3cret@h/", "http://me:s3cret@/",
        ] {
            for options in [["-v"], ["--json"], ["-o", "/dev/null"]] {
                let get = try Program.run([SockProgram.path, "get", url] + options)
                #expect(get.status == 1 || get.status == 64)
                #expect(!get.errors.contains("s3cret"), "\(get.errors)")
            }
        }
        let connect = try SockProgram.run("connect", "ws://me:s3cret@h/", input: .none)
        #expect(connect.status == 64)
        let missing = try SockProgram.run("get", "http://127.0.0.1:\(port)/", "--user", "me")
        #expect(missing.status == 64)
        #expect(missing.errors.contains("no terminal to ask at"), "\(missing.errors)")
    }

    /// The name of who asks is for the server that was asked, and for no other.
    @Test func anotherOriginIsToldNothing() throws {
        let other = try WebServer.scripted(Self.echo)
        let server = try WebServer.scripted(
            """
            place = b"/there" if b"/here" in head else b"\(other.url)/"
            ok = b"/there" in head or b"/away" in head
            if b"GET /there" in head: \(Self.echo.split(separator: "\n").joined(separator: ";"))
            else: reply(b"HTTP/1.1 302 F\\r\\nLocation: " + place + b"\\r\\nContent-Length: 0\\r\\n\\r\\n")
            """
        )
        let options = ["--user", "a:b", "--header", "Host: named.test"]
        let same = try Program.run([SockProgram.path, "get", server.url + "/here"] + options)
        #expect(
            same.text.contains("Authorization: Basic YTpi")
                && same.text.contains("Host: named.test")
        )
        let away = try Program.run([SockProgram.path, "get", server.url + "/away"] + options)
        #expect(away.text.hasPrefix("GET / HTTP/1.1\r\n"), "\(away.errors)")
        #expect(!away.text.contains("Authorization") && !away.text.contains("named.test"))
        server.stop()
        other.stop()
    }

    @Test func fieldsAreTakenApartByTheirBytes() throws {
        let server = try WebServer.scripted(Self.echo)
        let get = try SockProgram.run(
            "get",
            server.url,
            "--header",
            "X-A:\u{301}v",
            "--header",
            "X-B: \u{301}w",
            "--header",
            "Host: other.test:81"
        )
        #expect(get.status == 0, "\(get.errors)")
        #expect(get.text.utf8.elementsEqual(get.output))
        for line in ["X-A: \u{301}v\r\n", "X-B: \u{301}w\r\n", "Host: other.test:81\r\n"] {
            #expect(get.output.range(of: Data(line.utf8)) != nil, "\(line)")
        }
        let wrong = try SockProgram.run("get", server.url, "--header", "Host: a b")
        #expect(wrong.status == 1 && wrong.errors.contains("cannot be sent"), "\(wrong.errors)")
        server.stop()
    }

    /// As curl and browsers ask: each byte as it came.
    @Test func aRedirectOfOtherBytesGoesWhereItSays() throws {
        let server = try WebServer.scripted(
            """
            if b"GET /old" in head: reply(b"HTTP/1.1 302 F\\r\\nLocation: /caf\\xe9?\\xff\\r\\nContent-Length: 0\\r\\n\\r\\n")
            else: \(Self.echo.split(separator: "\n").joined(separator: ";"))
            """
        )
        let get = try SockProgram.run("get", server.url + "/old")
        #expect(get.text.hasPrefix("GET /caf%E9?%FF HTTP/1.1\r\n"), "\(get.text)\(get.errors)")
        server.stop()
    }

    @Test func aNameOfOtherLettersIsAskedByItsOther() throws {
        let get = try SockProgram.run("get", "http://bücher.localhost:1/")
        #expect(get.status == 1)
        #expect(
            get.errors.contains("bücher.localhost is asked as xn--bcher-kva.localhost"),
            "\(get.errors)"
        )
        let bad = try SockProgram.run("get", "http://b\u{202E}ü.example/")
        #expect(bad.status == 64)
        #expect(bad.errors.contains("U+202E is not allowed in a host name"), "\(bad.errors)")
    }

    @Test func aBrokenAnswerIsNoAnswerOfAGateway() throws {
        let server = try WebServer.scripted("reply(b'HTTP/1.1 2 OK\\r\\n\\r\\n')")
        let get = try SockProgram.run("get", server.url)
        #expect(get.status == 1)
        #expect(get.errors.contains("broke a rule") && !get.errors.contains("502"), "\(get.errors)")
        server.stop()
    }
}

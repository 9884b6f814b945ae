import Foundation
import Testing

/// `sock get` against servers of several makes: what comes is what is there.
@Suite struct GetTests {
    @Test func everyFileComesAsItIsFromPythonAndFromUs() throws {
        try withFolder { folder in
            let tree = folder + "/tree"
            try FileTree.make(in: tree)
            let own = try ServedFolder(tree)
            let python = try WebServer.python(tree)
            for name in FileTree.names {
                for base in [own.url, python.url] {
                    let url = base + "/" + ServedFolder.encoded(name)
                    let printed = try SockProgram.run("get", url)
                    #expect(printed.status == 0, "\(url): \(printed.errors)")
                    #expect(printed.output == bytes(tree + "/" + name), "\(url)")
                    let copy = folder + "/copy"
                    let stored = try SockProgram.run("get", url, "-o", copy)
                    #expect(stored.status == 0, "\(url): \(stored.errors)")
                    #expect(stored.errors.isEmpty)
                    #expect(
                        FileManager.default.contentsEqual(atPath: copy, andPath: tree + "/" + name)
                    )
                }
            }
            // Nothing is left of what was on the way.
            let left = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            #expect(left == ["copy", "tree"])
            own.stop()
            python.stop()
        }
    }

    @Test(.enabled(if: Nginx.isThere, "nginx is missing: scripts/setup test installs it"))
    func everyFileComesAsItIsFromNginx() throws {
        try withFolder { folder in
            let tree = folder + "/tree"
            try FileTree.make(in: tree)
            let nginx = try Nginx(folder, root: tree)
            for name in FileTree.names {
                let url = "http://127.0.0.1:\(nginx.port)/" + ServedFolder.encoded(name)
                let printed = try SockProgram.run("get", url)
                #expect(printed.status == 0, "\(url): \(printed.errors)")
                #expect(printed.output == bytes(tree + "/" + name), "\(url)")
            }
            nginx.stop()
        }
    }

    @Test func redirectsAreFollowedAndOnesInACircleAreNot() throws {
        let server = try WebServer.scripted(
            """
            if b"GET /old" in head:
                reply(b"HTTP/1.1 302 Found\\r\\nLocation: /new\\r\\nContent-Length: 0\\r\\n\\r\\n")
            elif b"GET /circle" in head:
                reply(b"HTTP/1.1 302 Found\\r\\nLocation: /circle\\r\\nContent-Length: 0\\r\\n\\r\\n")
            else:
                reply(b"HTTP/1.1 200 OK\\r\\nContent-Length: 3\\r\\n\\r\\nnew")
            """
        )
        let followed = try SockProgram.run("get", server.url + "/old")
        #expect(followed.status == 0 && followed.text == "new", "\(followed.errors)")
        let circle = try SockProgram.run("get", server.url + "/circle")
        #expect(circle.status == 1)
        #expect(circle.errors.contains("more than 10 redirects"), "\(circle.errors)")
        server.stop()
    }

    @Test func theNameOfTheURLIsTheFilesWithO() throws {
        try withFolder { folder in
            try FileTree.make(in: folder + "/tree")
            let server = try ServedFolder(folder + "/tree")
            let url = server.url(of: "grüße-日本語.txt")
            let get = try Program.run(["env", "-C", folder, SockProgram.path, "get", "-O", url])
            #expect(get.status == 0, "\(get.errors)")
            #expect(bytes(folder + "/grüße-日本語.txt") == bytes(folder + "/tree/grüße-日本語.txt"))
            for path in ["/", "/sub/", "/%2e%2e", "/..%2fescape", "/.hidden", "/a%0ab", "/%ff"] {
                let refused = try SockProgram.run("get", "-O", server.url + path)
                #expect(refused.status == 64, "\(path)")
                #expect(refused.errors.contains("names no file"), "\(refused.errors)")
            }
            server.stop()
        }
    }

    @Test func headPrintsWhatTheServerSays() throws {
        try withFolder { folder in
            try FileTree.make(in: folder)
            let server = try ServedFolder(folder)
            let head = try SockProgram.run("get", "--head", server.url(of: "large.bin"))
            #expect(head.status == 0)
            #expect(head.text.hasPrefix("HTTP/1.1 200 OK\n"))
            #expect(head.text.lowercased().contains("content-length: \(FileTree.largeSize)\n"))
            let missing = try SockProgram.run("get", "--head", server.url + "/none")
            #expect(missing.status == 1)
            #expect(missing.text.hasPrefix("HTTP/1.1 404 "))
            server.stop()
        }
    }

    @Test func fieldsAreSentAsTheyAreGiven() throws {
        let server = try WebServer.scripted(
            """
            body = head.split(b"\\r\\n\\r\\n")[0]
            reply(b"HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n" % len(body) + body)
            """
        )
        let get = try SockProgram.run(
            "get",
            server.url + "/",
            "--header",
            "X-One: 1",
            "--header",
            "Accept: text/plain"
        )
        #expect(get.text.contains("X-One: 1\r\n") && get.text.contains("Accept: text/plain"))
        #expect(!get.text.contains("*/*"))
        for wrong in ["X-One", ": 1", "X One: 1", "X: a\r\nY: b"] {
            #expect(try SockProgram.run("get", server.url + "/", "--header", wrong).status == 64)
        }
        server.stop()
    }

    @Test(
        arguments: [
            (["ftp://a/"], 64, "ftp"), ([""], 64, "host"),
            (["http://a/", "-u", "b", "--header", "Authorization: c"], 64, "two ways"),
            (["ws://a/"], 64, "http and https"),
            (["http://a/", "-o", "x", "-O"], 64, "two names"),
            (["http://a/", "--head", "-o", "x"], 64, "--head"),
            (["http://a/", "--retry", "-1"], 64, "--retry"),
            (["http://a/", "--name", "b"], 64, "--name"),
            (["http://127.0.0.1:1/"], 1, "connection refused"),
        ] as [([String], Int32, String)]
    )
    func wrongUsageAndFailuresHaveTheirStatus(
        _ arguments: [String],
        _ status: Int32,
        _ words: String
    ) throws {
        let outcome = try Program.run([SockProgram.path, "get"] + arguments)
        #expect(outcome.status == status)
        #expect(outcome.errors.contains(words), "\(outcome.errors)")
        #expect(outcome.text.isEmpty)
    }

    @Test func anAnswerOtherThan2xxIsAnErrorAndNoFile() throws {
        try withFolder { folder in
            let server = try ServedFolder(folder)
            let printed = try SockProgram.run("get", server.url + "/none")
            #expect(printed.status == 1)
            #expect(printed.text.isEmpty)
            #expect(printed.errors.contains("404"), "\(printed.errors)")
            let stored = try SockProgram.run("get", server.url + "/none", "-o", folder + "/file")
            #expect(stored.status == 1)
            #expect(stored.errors.contains("404"), "\(stored.errors)")
            #expect(!FileManager.default.fileExists(atPath: folder + "/file"))
            server.stop()
        }
    }

    @Test func timeThatRunsOutIsStatusTwo() throws {
        let server = try WebServer.scripted(
            """
            reply(b"HTTP/1.1 200 OK\\r\\nContent-Length: 10\\r\\n\\r\\n12345")
            connection.recv(1)
            """
        )
        let timeout = try SockProgram.run("get", server.url + "/", "--timeout", "0.5")
        #expect(timeout.status == 2)
        #expect(timeout.text == "12345")
        #expect(timeout.errors == "sock: not done after 0.500 s (--timeout)\n")
        let idle = try SockProgram.run("get", server.url + "/", "--idle", "0.5")
        #expect(idle.status == 2)
        #expect(idle.errors == "sock: nothing has moved for 0.500 s (--idle)\n")
        server.stop()
    }
}

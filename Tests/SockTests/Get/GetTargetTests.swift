import Foundation
import Testing

/// `sock get -o`: what the target is, it stays.
@Suite struct GetTargetTests {
    private static let hello = """
        reply(b'HTTP/1.1 200 OK\\r\\nContent-Length: 6\\r\\nETag: "a"\\r\\n\\r\\nhello\\n')
        """

    private func kind(_ path: String) throws -> FileAttributeType? {
        try FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
    }

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test func aFIFOIsWrittenForItsReader() throws {
        try withFolder { folder in
            let server = try WebServer.scripted(Self.hello)
            let fifo = folder + "/fifo"
            try #require(unsafe mkfifo(fifo, 0o600) == 0)
            let reader = try Program(["cat", fifo])
            let get = try SockProgram.run("get", server.url, "-o", fifo)
            #expect(get.status == 0, "\(get.errors)")
            #expect(reader.wait().text == "hello\n")
            #expect(try kind(fifo) != .typeRegular)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["fifo"])
            server.stop()
        }
    }

    @Test(.enabled(if: getuid() == 0, "making a device needs root"))
    func aDeviceIsWrittenAndStays() throws {
        try withFolder { folder in
            let server = try WebServer.scripted(Self.hello)
            let null = folder + "/null"
            try #require(try Program.run(["mknod", null, "c", "1", "3"]).status == 0)
            let get = try SockProgram.run("get", server.url, "-o", null)
            #expect(get.status == 0, "\(get.errors)")
            #expect(try kind(null) == .typeCharacterSpecial)
            server.stop()
        }
    }

    /// As with curl: `-` and its other names; what the shell opened is not truncated.
    @Test(arguments: ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
    func theStandardOutputHasNames(_ name: String) throws {
        try withFolder { folder in
            let server = try WebServer.scripted(Self.hello)
            #expect(try SockProgram.run("get", server.url, "-o", name).text == "hello\n")
            let file = folder + "/out"
            try Data("before\n".utf8).write(to: URL(fileURLWithPath: file))
            let get = try Program(
                [SockProgram.path, "get", server.url, "-o", name],
                outputFile: file,
                appending: true
            ).wait()
            #expect(get.status == 0, "\(get.errors)")
            #expect(bytes(file) == Data("before\nhello\n".utf8))
            server.stop()
        }
    }

    @Test func aLinkIsFollowedAndStays() throws {
        try withFolder { folder in
            let server = try WebServer.scripted(Self.hello)
            let files = FileManager.default
            try files.createDirectory(atPath: folder + "/sub", withIntermediateDirectories: true)
            try Data("old\n".utf8).write(to: URL(fileURLWithPath: folder + "/sub/real"))
            for (link, target) in [("link", "sub/real"), ("two", "link"), ("dangling", "sub/new")] {
                try files.createSymbolicLink(
                    atPath: folder + "/" + link,
                    withDestinationPath: target
                )
            }
            for (link, target) in [("two", "real"), ("dangling", "new")] {
                let get = try SockProgram.run("get", server.url, "-o", folder + "/" + link)
                #expect(get.status == 0, "\(get.errors)")
                #expect(try kind(folder + "/" + link) == .typeSymbolicLink)
                #expect(bytes(folder + "/sub/" + target) == Data("hello\n".utf8))
            }
            #expect(
                try files.contentsOfDirectory(atPath: folder + "/sub").sorted() == ["new", "real"]
            )
            server.stop()
        }
    }

    /// Not for a moment is it readable by others.
    @Test func aPrivateFileStaysPrivate() throws {
        try withFolder { folder in
            try FileTree.make(in: folder + "/tree")
            let server = try ServedFolder(folder + "/tree")
            let relay = try WebServer.relay(to: server.port, "hold")
            let file = folder + "/private"
            try Data("old".utf8).write(to: URL(fileURLWithPath: file))
            for mode in [0o600, 0o640, 0o755] {
                try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
                let get = try SockProgram.run("get", server.url(of: "large.bin"), "-o", file)
                #expect(get.status == 0, "\(get.errors)")
                #expect(try self.mode(file) == mode)
            }
            let held = try SockProgram.start("get", relay.url + "/large.bin", "-o", file)
            #expect(comes { bytes(file + ".part").count > 500_000 })
            #expect(try mode(file + ".part") == 0o600)
            held.send(SIGINT)
            _ = held.wait()
            relay.stop()
            server.stop()
        }
    }

    @Test func aFolderIsRefusedBeforeAnythingIsAsked() throws {
        try withFolder { folder in
            for path in [folder, folder + "/", "/"] {
                // Nobody listens there: to ask would be another error.
                let get = try SockProgram.run("get", "http://127.0.0.1:1/a.iso", "-o", path)
                #expect(get.status == 64)
                #expect(get.errors.contains("is a folder"), "\(get.errors)")
                #expect(get.errors.contains("/a.iso"), "\(get.errors)")
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
        }
    }

    @Test func namesMayBeAsLongAsTheyCanBe() throws {
        try withFolder { folder in
            let server = try WebServer.scripted(Self.hello)
            let long = String(repeating: "é", count: 121)
            for name in [long + "a", long + "bcdefg", String(repeating: "x", count: 255)] {
                let get = try SockProgram.run("get", server.url, "-o", folder + "/" + name)
                #expect(get.status == 0, "\(name.utf8.count): \(get.errors)")
                #expect(bytes(folder + "/" + name) == Data("hello\n".utf8))
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 3)
            server.stop()
        }
    }

    @Test func aPartOfAnotherProgramIsLeftAlone() throws {
        try withFolder { folder in
            let server = try WebServer.scripted(Self.hello)
            let foreign = Data("of a browser".utf8)
            let (film, part) = (folder + "/film", folder + "/film.part")
            try foreign.write(to: URL(fileURLWithPath: part))
            #expect(try SockProgram.run("get", server.url, "-o", film).status == 0)
            #expect(bytes(film) == Data("hello\n".utf8) && bytes(part) == foreign)
            // A record that is none of ours is as much another's.
            try FileManager.default.removeItem(atPath: part)
            try foreign.write(to: URL(fileURLWithPath: part + "-info"))
            #expect(try SockProgram.run("get", server.url, "-o", film).status == 0)
            #expect(bytes(part + "-info") == foreign)
            let left = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            #expect(left == ["film", "film.part-info"])
            for number in ["", ".2", ".3", ".4", ".5", ".6", ".7", ".8", ".9"] {
                try foreign.write(to: URL(fileURLWithPath: film + number + ".part"))
            }
            let refused = try SockProgram.run("get", server.url, "-o", film)
            #expect(refused.status == 1)
            #expect(refused.errors.contains("taken by files of others"), "\(refused.errors)")
            server.stop()
        }
    }

    @Test(arguments: ["404 Not Found", "206 Partial Content", "304 Not Modified"])
    func aRefusedAnswerLeavesNothing(_ status: String) throws {
        try withFolder { folder in
            let server = try WebServer.scripted(
                "reply(b'HTTP/1.1 \(status)\\r\\nContent-Length: 2\\r\\n\\r\\nno')"
            )
            let get = try SockProgram.run("get", server.url, "-o", folder + "/file")
            #expect(get.status == 1)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
            let printed = try SockProgram.run("get", server.url)
            #expect(printed.status == 1 && printed.text.isEmpty)
            let port = try unusedPort()
            let unheard = try SockProgram.run(
                "get",
                "127.0.0.1:\(port)/",
                "-o",
                folder + "/file"
            )
            #expect(unheard.status == 1)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
            server.stop()
        }
    }

    /// One rule, with a file and without.
    @Test(arguments: [200, 201, 202, 203, 204, 226, 299])
    func everySuccessIsOne(_ status: Int) throws {
        try withFolder { folder in
            let body = status == 204 ? "" : "Content-Length: 2\\r\\n\\r\\nok"
            let server = try WebServer.scripted(
                "reply(b'HTTP/1.1 \(status) X\\r\\n\(status == 204 ? "\\r\\n" : body)')"
            )
            let expected = Data((status == 204 ? "" : "ok").utf8)
            #expect(try SockProgram.run("get", server.url).output == expected)
            let get = try SockProgram.run("get", server.url, "-o", folder + "/file")
            #expect(get.status == 0, "\(get.errors)")
            #expect(bytes(folder + "/file") == expected)
            #expect(FileManager.default.fileExists(atPath: folder + "/file"))
            server.stop()
        }
    }

    @Test func aRangeThatWasAskedForIsTaken() throws {
        try withFolder { folder in
            let server = try WebServer.scripted(
                """
                asked = b"ange: bytes=1-2" in head
                reply(b"HTTP/1.1 206 P\\r\\nContent-Range: bytes 1-2/9\\r\\nContent-Length: 2\\r\\n\\r\\n" + (b"ok" if asked else b"no"))
                """
            )
            let range = ["--header", "Range: bytes=1-2"]
            let printed = try Program.run([SockProgram.path, "get", server.url] + range)
            #expect(printed.text == "ok", "\(printed.errors)")
            let file = folder + "/file"
            let stored = try Program.run([SockProgram.path, "get", server.url, "-o", file] + range)
            #expect(stored.status == 0, "\(stored.errors)")
            #expect(bytes(file) == Data("ok".utf8))
            server.stop()
        }
    }
}

import Foundation
import Testing

/// `sock get -o`: what was cut goes on, and what is not whole is no file.
@Suite struct GetResumeTests {
    @Test func aDownloadThatWasKilledGoesOn() throws {
        try withFolder { folder in
            let tree = folder + "/tree"
            try FileTree.make(in: tree)
            let server = try ServedFolder(tree)
            #expect(server.settles("large.bin"))
            try killAndGoOn(server.port, folder)
            server.stop()
        }
    }

    @Test(.enabled(if: Nginx.isThere, "nginx is missing: scripts/setup test installs it"))
    func aDownloadFromNginxThatWasKilledGoesOn() throws {
        try withFolder { folder in
            let tree = folder + "/tree"
            try FileTree.make(in: tree)
            let nginx = try Nginx(folder, root: tree)
            try killAndGoOn(nginx.port, folder)
            nginx.stop()
        }
    }

    private func killAndGoOn(_ port: String, _ folder: String) throws {
        let relay = try WebServer.relay(to: port, "hold")
        let (copy, url) = (folder + "/copy.bin", relay.url + "/large.bin")
        let first = try SockProgram.start("get", url, "-o", copy)
        #expect(comes { bytes(copy + ".part").count > 500_000 })
        first.send(SIGKILL)
        _ = first.wait()
        #expect(!FileManager.default.fileExists(atPath: copy))
        let had = bytes(copy + ".part").count
        let second = try SockProgram.run("get", url, "-o", copy, "--json")
        #expect(second.status == 0, "\(second.errors)")
        let event = try jsonObject(second.errors.split(separator: "\n").last.map(String.init))
        #expect(event["event"] as? String == "stored")
        #expect(event["resumed_size"] as? Int == had)
        #expect(event["size"] as? Int == FileTree.largeSize)
        #expect(bytes(copy) == bytes(folder + "/tree/large.bin"))
        #expect(!FileManager.default.fileExists(atPath: copy + ".part"))
        relay.stop()
    }

    /// ^C is an end like any other: what is there stays for the next run.
    @Test func anInterruptedDownloadGoesOn() throws {
        try withFolder { folder in
            try FileTree.make(in: folder + "/tree")
            let server = try ServedFolder(folder + "/tree")
            #expect(server.settles("large.bin"))
            let relay = try WebServer.relay(to: server.port, "hold")
            let (copy, url) = (folder + "/copy.bin", relay.url + "/large.bin")
            let first = try SockProgram.start("get", url, "-o", copy)
            #expect(comes { bytes(copy + ".part").count > 500_000 })
            first.send(SIGINT)
            let outcome = first.wait()
            #expect(outcome.status == 130)
            #expect(
                outcome.errors.contains("are in \(copy).part; the same command continues"),
                "\(outcome.errors)"
            )
            #expect(!FileManager.default.fileExists(atPath: copy))
            #expect(try SockProgram.run("get", url, "-o", copy).status == 0)
            #expect(bytes(copy) == bytes(folder + "/tree/large.bin"))
            relay.stop()
            server.stop()
        }
    }

    /// What no run could continue is not left behind: the file is so young that its tag is weak.
    @Test func whatCannotGoOnIsNotKept() throws {
        try withFolder { folder in
            let server = try WebServer.scripted(
                "reply(b'HTTP/1.1 200 OK\\r\\nETag: W/\"a\"\\r\\nContent-Length: 9\\r\\n\\r\\n1234')"
            )
            let get = try SockProgram.run(
                "get",
                server.url,
                "-o",
                folder + "/file",
                "--retry",
                "0"
            )
            #expect(get.status == 1)
            #expect(get.errors.contains("the 4 B that came are not kept"), "\(get.errors)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
            server.stop()
        }
    }

    @Test func aConnectionThatBreaksIsMadeAnew() throws {
        try withFolder { folder in
            try FileTree.make(in: folder + "/tree")
            let server = try ServedFolder(folder + "/tree")
            let relay = try WebServer.relay(to: server.port, "cut")
            let (copy, url) = (folder + "/copy.bin", relay.url + "/large.bin")
            let get = try SockProgram.run("get", url, "-o", copy)
            #expect(get.status == 0)
            #expect(get.errors.contains("going on (1)"), "\(get.errors)")
            #expect(bytes(copy) == bytes(folder + "/tree/large.bin"))
            relay.stop()
            server.stop()
        }
    }

    @Test func aBodyThatWasCutIsAnErrorAndNoFile() throws {
        try withFolder { folder in
            try FileTree.make(in: folder + "/tree")
            let server = try ServedFolder(folder + "/tree")
            let (copy, whole) = (folder + "/copy.bin", bytes(folder + "/tree/large.bin"))
            let first = try WebServer.relay(to: server.port, "cut")
            let stored = try SockProgram.run(
                "get",
                first.url + "/large.bin",
                "-o",
                copy,
                "--retry",
                "0"
            )
            #expect(stored.status == 1)
            #expect(stored.errors.contains("the response was cut after"), "\(stored.errors)")
            #expect(!FileManager.default.fileExists(atPath: copy))
            #expect(bytes(copy + ".part") == whole.prefix(bytes(copy + ".part").count))
            first.stop()
            let second = try WebServer.relay(to: server.port, "cut")
            let printed = try SockProgram.run("get", second.url + "/large.bin")
            #expect(printed.status == 1)
            #expect(printed.errors.contains("the response was cut after"), "\(printed.errors)")
            #expect(printed.output == whole.prefix(printed.output.count))
            second.stop()
            server.stop()
        }
    }

    /// What belongs to another version of the file is not put together with this one.
    @Test func aFileThatChangedMeanwhileComesWhole() throws {
        try withFolder { folder in
            try FileTree.make(in: folder + "/tree")
            let server = try ServedFolder(folder + "/tree")
            #expect(server.settles("large.bin"))
            let relay = try WebServer.relay(to: server.port, "cut")
            let (copy, url) = (folder + "/copy.bin", relay.url + "/large.bin")
            #expect(try SockProgram.run("get", url, "-o", copy, "--retry", "0").status == 1)
            let changed = try randomBytes(2_000_000)
            try changed.write(to: URL(fileURLWithPath: folder + "/tree/large.bin"))
            let again = try SockProgram.run("get", url, "-o", copy, "-v")
            #expect(again.status == 0, "\(again.errors)")
            #expect(
                again.errors.contains("begins at 0 again") && again.errors.contains("has changed"),
                "\(again.errors)"
            )
            #expect(bytes(copy) == changed)
            relay.stop()
            server.stop()
        }
    }

    /// A server that knows no ranges sends the whole again.
    @Test func withoutRangesTheWholeComesAgain() throws {
        try withFolder { folder in
            try FileTree.make(in: folder + "/tree")
            let python = try WebServer.python(folder + "/tree")
            let port = try #require(python.url.split(separator: ":").last.map(String.init))
            let relay = try WebServer.relay(to: port, "cut")
            let copy = folder + "/copy.bin"
            let get = try SockProgram.run("get", relay.url + "/large.bin", "-o", copy)
            #expect(get.status == 0, "\(get.errors)")
            #expect(get.errors.contains("begins at 0 again"), "\(get.errors)")
            #expect(bytes(copy) == bytes(folder + "/tree/large.bin"))
            relay.stop()
            python.stop()
        }
    }
}

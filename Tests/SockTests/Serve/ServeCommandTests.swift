import Foundation
import Testing

/// The command around the server: where it says it is, what it logs, how it ends.
@Suite struct ServeCommandTests {
    @Test func eachRequestIsALine() throws {
        try withFolder { folder in
            try Data("hello".utf8).write(to: URL(fileURLWithPath: folder + "/a.txt"))
            let server = try ServedFolder(folder)
            _ = try server.curl(server.url + "/a.txt?x=1")
            let line = try #require(server.program.errorLine())
            let pattern =
                #/\d\d:\d\d:\d\d 127\.0\.0\.1:\d+ GET /a\.txt\?x=1 200 5 bytes in \d+\.\d{3} s/#
            #expect(line.wholeMatch(of: pattern) != nil, "\(line)")
            server.stop()
            let quiet = try ServedFolder(folder, "--quiet")
            _ = try quiet.curl(quiet.url + "/a.txt")
            #expect(!quiet.stop().contains("GET"))
        }
    }

    @Test func programsGetObjects() throws {
        try withFolder { folder in
            try Data("hello".utf8).write(to: URL(fileURLWithPath: folder + "/a.txt"))
            let program = try Program([
                SockProgram.path, "serve", folder, "--listen", "127.0.0.1:0", "--json",
            ])
            let serving = try jsonObject(program.errorLine())
            #expect(serving["event"] as? String == "serving")
            #expect(serving["folder"] as? String == folder)
            let url = try #require(serving["url"] as? String)
            #expect(try Program.run(["curl", "-sS", url + "a.txt"]).text == "hello")
            let exchange = try jsonObject(program.errorLine())
            #expect(exchange["event"] as? String == "exchange")
            #expect(exchange["method"] as? String == "GET")
            #expect(exchange["target"] as? String == "/a.txt")
            #expect(exchange["status"] as? Int == 200)
            #expect(exchange["size"] as? Int == 5)
            #expect((exchange["peer"] as? String)?.hasPrefix("tcp://127.0.0.1:") == true)
            program.send(SIGINT)
            let outcome = program.wait()
            #expect(outcome.status == 0)
            #expect(outcome.errors == "{\"event\":\"stopping\"}\n")
        }
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func theFirstSignalLetsADownloadEnd(_ signal: Int32) throws {
        try withFolder { folder in
            // More than the sockets between hold, so that it is still being sent.
            try randomBytes(24 << 20).write(to: URL(fileURLWithPath: folder + "/huge.bin"))
            let server = try ServedFolder(folder)
            let copy = folder + "/copy"
            let download = try Program([
                "curl", "-sS", "--limit-rate", "8M", "-o", copy, server.url(of: "huge.bin"),
            ])
            #expect(comes { !bytes(copy).isEmpty })
            server.program.send(signal)
            #expect(server.program.errorLine()?.hasPrefix("stopping") == true)
            // Nobody else is let in.
            #expect(try server.curl(server.url + "/").status == 7)
            #expect(download.wait().status == 0)
            #expect(bytes(copy) == bytes(folder + "/huge.bin"))
            let end = server.program.wait()
            #expect(end.status == 0)
            #expect(end.errors.contains(" 200 \(24 << 20) bytes"), "\(end.errors)")
        }
    }

    @Test func theSecondSignalEndsItAtOnce() throws {
        try withFolder { folder in
            // More than the sockets between hold.
            try randomBytes(40 << 20).write(to: URL(fileURLWithPath: folder + "/huge.bin"))
            let server = try ServedFolder(folder)
            let copy = folder + "/copy"
            let download = try Program([
                "curl", "-sS", "--limit-rate", "100k", "-o", copy, server.url(of: "huge.bin"),
            ])
            #expect(comes { !bytes(copy).isEmpty })
            server.program.send(SIGINT)
            #expect(server.program.errorLine()?.hasPrefix("stopping") == true)
            let start = ContinuousClock.now
            server.program.send(SIGINT)
            #expect(server.program.wait().status == 0)
            #expect(ContinuousClock.now - start < .seconds(5))
            download.send(SIGKILL)
            _ = download.wait()
        }
    }

    @Test func settingsComeFromTheEnvironmentAndAFile() throws {
        try withFolder { folder in
            let file = folder + "/.settings.json"
            let settings =
                #"{"serve": {"folder": "\#(folder)", "upload": true, "uploadLimit": "4"}}"#
            try settings.write(toFile: file, atomically: true, encoding: .utf8)
            let program = try Program([
                "SOCK_CONFIG=\(file)", "SOCK_SERVE_LISTEN=127.0.0.1:0", "SOCK_SERVE_HIDDEN=true",
                SockProgram.path, "serve", "--json",
            ])
            let serving = try jsonObject(program.errorLine())
            let url = try #require(serving["url"] as? String)
            #expect(serving["folder"] as? String == folder)
            #expect(serving["upload"] as? Bool == true)
            #expect(try Program.run(["curl", "-sS", url + ".settings.json"]).text == settings)
            let put = try Program.run([
                "curl", "-sS", "-X", "PUT", "--data-binary", "12345", "-o", "/dev/null", "-w",
                "%{http_code}", url + "new",
            ])
            #expect(put.text == "413")
            program.send(SIGTERM)
            #expect(program.wait().status == 0)
        }
    }

    @Test func whatCannotBeServedIsOneClearLine() throws {
        let missing = try SockProgram.run("serve", "/nowhere", "--listen", "127.0.0.1:0")
        #expect(missing.status == 1)
        #expect(missing.errors == "sock: serve /nowhere: no such folder (ENOENT)\n")
        let file = try SockProgram.run("serve", "/etc/passwd", "--listen", "127.0.0.1:0")
        #expect(file.status == 1)
        #expect(file.errors == "sock: serve /etc/passwd: not a folder (ENOTDIR)\n")
        try withFolder { folder in
            let server = try ServedFolder(folder)
            let second = try SockProgram.run(
                "serve",
                folder,
                "--listen",
                "127.0.0.1:\(server.port)"
            )
            #expect(second.status == 1)
            #expect(
                second.errors
                    == "sock: bind tcp 127.0.0.1:\(server.port): address already in use (EADDRINUSE)\n"
            )
            server.stop()
        }
        let datagrams = try SockProgram.run("serve", "--listen", "udp://127.0.0.1:1")
        #expect(datagrams.status == 64)
    }

    @Test func aUnixSocketServesToo() throws {
        try withFolder { folder in
            try Data("hello".utf8).write(to: URL(fileURLWithPath: folder + "/a.txt"))
            let socket = folder + "/socket"
            let program = try Program([
                SockProgram.path, "serve", folder, "--listen", "unix:\(socket)",
            ])
            #expect(program.errorLine() == "serving \(folder) on unix:\(socket)")
            let curl = try Program.run([
                "curl", "-sS", "--unix-socket", socket, "http://any.test/a.txt",
            ])
            #expect(curl.text == "hello")
            program.send(SIGTERM)
            #expect(program.wait().status == 0)
        }
    }
}

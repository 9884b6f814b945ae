import Foundation
import Testing

/// What `sock send` does with folders that are not as one wishes, and with who may read what.
@Suite struct SendFoldersTests {
    @Test func permissionsAndTimesGoWithTheFiles() throws {
        try TransferFolders.with { folders in
            try folders.python(
                """
                put(f + b"/t/key", b"k", 0o600)
                put(f + b"/t/run.sh", b"r", 0o755)
                put(f + b"/t/all", b"r", 0o4777)
                put(f + b"/t/private/x", b"x", 0o644)
                os.chmod(f + b"/t/private", 0o700)
                os.utime(f + b"/t/run.sh", (1e9, 1e9))
                put(i + b"/t/all", b"old", 0o640)
                """
            )
            let server = try SessionListening("receive", "--into", folders.into)
            #expect(try folders.send(#"[f + b"/t"]"#, server.endpoint).status == 0)
            #expect(try folders.mode("t/key") == "600")
            #expect(try folders.mode("t/run.sh") == folders.masked("755"))
            #expect(try folders.mode("t/private") == "700")
            // Who replaces a file leaves it to whom it was.
            #expect(try folders.mode("t/all") == "640")
            #expect(bytes(folders.into + "/t/all") == Data("r".utf8))
            let time = try folders.python("print(os.stat(i + b'/t/run.sh').st_mtime)")
            #expect(time == "1000000000.0\n")
            server.stop()
        }
    }

    @Test func aFileIsItsOwnersOnlyWhileItIsComing() throws {
        try TransferFolders.with { folders in
            try randomBytes(4_000_000).write(to: URL(fileURLWithPath: folders.from + "/large"))
            let server = try SessionListening("receive", "--into", folders.into)
            let line = try BadLine(to: server.port, rate: 2_000_000)
            let sender = try SockProgram.start("send", folders.from + "/large", line.endpoint)
            let script = """
                print(*("%o" % (os.stat(i + b"/" + n).st_mode & 0o777) for n in os.listdir(i)))
                """
            var modes = ""
            #expect(
                comes {
                    modes = (try? folders.python(script)) ?? ""
                    return modes.count > 1
                }
            )
            #expect(modes == "600\n")
            sender.send(SIGKILL)
            _ = sender.wait()
            line.stop()
            server.stop()
        }
    }

    @Test func emptyFoldersArriveAndOnceEnds() throws {
        try TransferFolders.with { folders in
            try folders.python(#"os.makedirs(f + b"/t/empty/inner"); os.mkdir(f + b"/lone")"#)
            let server = try SessionListening("receive", "--into", folders.into, "--once")
            let sent = try folders.send(#"[f + b"/t", f + b"/lone"]"#, server.endpoint)
            #expect(sent.status == 0, "\(sent.errors)")
            #expect(sent.errors.contains("made the empty folder t/empty/inner"), "\(sent.errors)")
            #expect(server.program.wait().status == 0)
            let found = try folders.python("print(tree(i) == tree(f))")
            #expect(found == "True\n")
        }
    }

    @Test(arguments: ["there already", "refused"])
    func onceEndsWhenNothingMoved(_ why: String) throws {
        try TransferFolders.with { folders in
            try folders.python(#"put(f + b"/x"); put(f + b"/.x"); put(i + b"/x")"#)
            let server = try SessionListening("receive", "--into", folders.into, "--once")
            let name = why == "refused" ? ".x" : "x"
            let sent = try folders.send("[f + b'/\(name)']", server.endpoint)
            #expect(sent.status == (why == "refused" ? 1 : 0), "\(sent.errors)")
            #expect(server.program.wait().status == 0)
        }
    }

    @Test func onceWaitsForASenderThatWasInterrupted() throws {
        try TransferFolders.with { folders in
            let content = try randomBytes(4_000_000)
            try content.write(to: URL(fileURLWithPath: folders.from + "/large"))
            try Data("s".utf8).write(to: URL(fileURLWithPath: folders.from + "/small"))
            let server = try SessionListening("receive", "--into", folders.into, "--once")
            let line = try BadLine(to: server.port, rate: 2_000_000)
            let sender = try SockProgram.start("send", folders.from, line.endpoint)
            #expect(comes { bytes(folders.into + "/from/small").count == 1 })
            // The other is on its way.
            #expect(sender.errorLine()?.hasPrefix("sent from/small") == true)
            sender.send(SIGINT)
            let outcome = sender.wait()
            #expect(outcome.status == 130)
            #expect(outcome.errors.contains("1 of 2 files are there, "), "\(outcome.errors)")
            #expect(outcome.errors.contains(" of 4.0 MB; the same command goes on"))
            let again = try folders.send("[f]", server.endpoint)
            #expect(again.status == 0)
            #expect(again.errors.contains("sent 2 files, 4.0 MB in "), "\(again.errors)")
            #expect(server.program.wait().status == 0)
            #expect(bytes(folders.into + "/from/large") == content)
            line.stop()
        }
    }

    /// Root reads everything, so the sender is somebody else.
    @Test(.enabled(if: geteuid() == 0))
    func whatCannotBeReadIsToldAndTheRestGoes() throws {
        try TransferFolders.with { folders in
            try folders.python(
                """
                put(f + b"/t/locked/x"); put(f + b"/t/secret"); put(f + b"/t/ok"); put(f + b"/t/z/last")
                os.chmod(f + b"/t/locked", 0); os.chmod(f + b"/t/secret", 0)
                """
            )
            let server = try SessionListening("receive", "--into", folders.into)
            let script = """
                import os, sys
                os.setgroups([]); os.setgid(65534); os.setuid(65534)
                os.execv(sys.argv[1], ["sock", "send", sys.argv[2], sys.argv[3]])
                """
            let sent = try Program.run(
                ["python3", "-c", script, SockProgram.path, folders.from + "/t", server.endpoint]
            )
            #expect(sent.status == 1)
            #expect(sent.errors.contains("t/locked is left out: permission denied"))
            #expect(sent.errors.contains("t/secret: permission denied"), "\(sent.errors)")
            #expect(sent.errors.contains("1 of 3 files were not sent, 1 left out"))
            #expect(
                try folders.python("print(tree(i))") == "[b't/', b't/ok', b't/z/', b't/z/last']\n"
            )
            server.stop()
        }
    }

    @Test func whatIsInTheWayStaysAndIsToldInWords() throws {
        try TransferFolders.with { folders in
            try folders.python(
                """
                for n in (b"a-folder", b"a-pipe", b"a-link", b"z"): put(f + b"/" + n)
                put(f + b"/a-file/inner")
                os.mkdir(i + b"/a-folder"); os.mkfifo(i + b"/a-pipe"); put(i + b"/a-file")
                put(i + b"/target", b"old"); os.symlink(b"target", i + b"/a-link")
                """
            )
            let server = try SessionListening("receive", "--into", folders.into)
            let sent = try folders.send(
                "[f + b'/' + n for n in (b'a-folder', b'a-pipe', b'a-link', b'a-file', b'z')]",
                server.endpoint
            )
            #expect(sent.status == 1)
            for words in [
                "a-folder: a folder of that name is there",
                "a-pipe: something of that name is there that is no file",
                "a-link: a link of that name is there",
                "a-file: something that is no folder is where a folder should be",
            ] { #expect(sent.errors.contains(words), "\(sent.errors)") }
            let kinds = try folders.python(
                """
                s = os.lstat
                print(stat.S_ISFIFO(s(i + b"/a-pipe").st_mode), stat.S_ISLNK(s(i + b"/a-link").st_mode),
                      open(i + b"/target").read(), stat.S_ISREG(s(i + b"/a-file").st_mode),
                      os.path.exists(i + b"/z"))
                """
            )
            #expect(kinds == "True True old True True\n")
            server.stop()
        }
    }

    @Test func whatIsMissingIsToldBeforeAnybodyIsConnectedTo() throws {
        // Nobody listens there: the network would be blamed.
        let sent = try SockProgram.run("send", "/nosuch/file", "127.0.0.1:1")
        #expect(sent.status == 1)
        #expect(sent.errors == "sock: open /nosuch/file: no such file or directory (ENOENT)\n")
    }
}

import Foundation
import Testing

/// Names of files are bytes, from the command line to the other end.
@Suite struct SendNamesTests {
    @Test func namesInAnyEncodingArriveAsTheyAre() throws {
        try TransferFolders.with { folders in
            try folders.python(
                """
                put(f + b"/t/good")
                put(f + b"/t/r\\xe9sum\\xe9.txt", b"r")
                put(f + b"/t/Bilder-\\xfcbrig/photo.jpg", b"p")
                put(f + b"/t/caf\\xc3\\xa9", b"one scalar")
                put(f + b"/t/cafe\\xcc\\x81", b"two scalars")
                put(f + b"/t/\\xcc\\x81mark", b"m")
                put(f + b"/al\\xf6ne", b"a")
                """
            )
            let server = try SessionListening("receive", "--into", folders.into)
            let sent = try folders.send(
                #"[f + b"/t", f + b"/al\xf6ne", b"--json"]"#,
                server.endpoint
            )
            #expect(sent.status == 0, "\(sent.errors)")
            let differences = try folders.python(
                """
                print(tree(i) == sorted(tree(f)))
                print(all(open(f + b"/" + n, "rb").read() == open(i + b"/" + n, "rb").read()
                          for n in tree(f) if not n.endswith(b"/")))
                """
            )
            #expect(differences == "True\nTrue\n")
            // In JSON a name that is no text has its bytes beside it.
            #expect(sent.errors.contains(#""file_bytes":"616cf66e65""#), "\(sent.errors)")
            let told = server.stop()
            #expect(told.contains(#"received al\xf6ne: 1 bytes"#), "\(told)")
            #expect(told.contains(#"t/r\xe9sum\xe9.txt"#), "\(told)")
        }
    }

    @Test func aFolderToReceiveIntoNeedNotBeUTF8() throws {
        try TransferFolders.with { folders in
            try folders.python(#"put(f + b"/x"); os.mkdir(i + b"/\xfc")"#)
            let script = """
                import os, sys
                os.execv(sys.argv[1], [b"sock", b"receive", b"--once", b"--listen", b"127.0.0.1:0",
                                       b"--into", os.fsencode(sys.argv[2]) + b"/\\xfc"])
                """
            let server = try Program(["python3", "-c", script, SockProgram.path, folders.into])
            let line = try #require(server.errorLine())
            let endpoint = line.replacingOccurrences(of: "listening on ", with: "")
            #expect(server.errorLine() == "files go into \(folders.into)/\\xfc")
            #expect(try folders.send(#"[f + b"/x"]"#, endpoint).status == 0)
            #expect(server.wait().status == 0)
            #expect(try folders.python("print(tree(i))") == "[b'\\xfc/', b'\\xfc/x']\n")
        }
    }

    @Test func twoPathsOfOneNameAreToldByTheirBytes() throws {
        try TransferFolders.with { folders in
            try folders.python(#"put(f + b"/a/\xe9"); put(f + b"/b/\xe9")"#)
            let sent = try folders.send(
                #"[f + b"/a/\xe9", f + b"/b/\xe9"]"#,
                "127.0.0.1:1"
            )
            #expect(sent.status == 64)
            #expect(sent.errors.contains(#"/b/\xe9 would both be \xe9 there"#), "\(sent.errors)")
        }
    }

    @Test func hiddenAndInvisibleNamesAreRefusedAndTheRestGoes() throws {
        try TransferFolders.with { folders in
            try folders.python(
                """
                put(f + b"/t/.bashrc")
                put(f + b"/t/.ssh/authorized_keys")
                put(f + b"/t/.ssh/config")
                put(f + b"/t/" + "\\u202egnp.exe".encode())
                put(f + b"/t/a\\x1b[31m")
                put(f + b"/t/plain")
                """
            )
            let server = try SessionListening("receive", "--into", folders.into)
            let sent = try folders.send(#"[f + b"/t"]"#, server.endpoint)
            #expect(sent.status == 1)
            #expect(try folders.python("print(tree(i))") == "[b't/', b't/plain']\n")
            #expect(sent.errors.contains("hidden names are not taken here"), "\(sent.errors)")
            #expect(sent.errors.contains("nor are the 2 files in it sent"), "\(sent.errors)")
            #expect(sent.errors.contains("invisible marks are not taken here"), "\(sent.errors)")
            #expect(sent.errors.contains("5 of 6 files were not sent"), "\(sent.errors)")
            server.stop()
            let open = try SessionListening(
                "receive",
                "--into",
                folders.into,
                "--hidden",
                "--unprintable"
            )
            #expect(try folders.send(#"[f + b"/t"]"#, open.endpoint).status == 0)
            #expect(try folders.python("print(tree(i) == tree(f))") == "True\n")
            open.stop()
        }
    }

    @Test func aPathAsLongAsTheKernelTakesArrives() throws {
        try TransferFolders.with { folders in
            // 15 folders of 255 bytes and one of 248 make 4,090 with the slashes and what is around them.
            try folders.python(
                """
                os.chdir(f)
                for n in [b"top"] + [b"d" * 255] * 15 + [b"e" * 246]:
                    os.mkdir(n); os.chdir(n)
                put(b"./b")
                os.mkdir(b"x"); os.chdir(b"x"); put(b"./too-long")
                """
            )
            let server = try SessionListening("receive", "--into", folders.into)
            let sent = try folders.send(#"[f + b"/top"]"#, server.endpoint)
            #expect(sent.status == 1)
            #expect(sent.errors.contains("name too long") || sent.errors.contains("4095"))
            let found = try folders.python(
                """
                os.chdir(i)
                for n in [b"top"] + [b"d" * 255] * 15 + [b"e" * 246]: os.chdir(n)
                print(os.listdir("."))
                """
            )
            #expect(found.contains("'b'"), "\(found)")
            server.stop()
            // By way of descriptors: the whole path is one that the kernel does not take.
            try folders.python("import shutil; shutil.rmtree(f); shutil.rmtree(i)")
        }
    }
}

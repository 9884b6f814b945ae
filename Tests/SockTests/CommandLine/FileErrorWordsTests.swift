import Foundation
import Testing

/// What people read when a file is not as it should be.
@Suite struct FileErrorWordsTests {
    /// Commands that name a file that is not there.
    private static let commands = [
        ["get", "http://127.0.0.1:1/", "-o", "/nowhere/f"], ["serve", "/nowhere"],
        ["replay", "/nowhere/f", "127.0.0.1:1"], ["verify", "/nowhere/a", "/nowhere/b"],
        ["connect", "--ca", "/nowhere/f", "tls://127.0.0.1:1"],
        ["listen", "tls://127.0.0.1:0", "--tls-cert", "/nowhere/f", "--tls-key", "/nowhere/g"],
        ["listen", "127.0.0.1:0", "--record", "/nowhere/f"],
        ["receive", "--listen", "127.0.0.1:0", "--into", "/proc/nowhere"],
        ["capture", "-i", "lo", "-o", "/nowhere/f"],
    ]

    @Test(arguments: commands)
    func aSentenceComesBeforeTheNameOfAnErrno(_ words: [String]) throws {
        let outcome = try Program.run([SockProgram.path] + words)
        #expect(outcome.status == 1, "\(outcome.errors)")
        let line = outcome.errors
        #expect(!line.contains(": ENO") && !line.contains("error 2147"), "\(line)")
        #expect(
            line.contains("no such") || line.contains("permission denied"),
            "\(line)"
        )
    }

    @Test func aSecondDownloadIsToldThatAnotherWritesTheFile() throws {
        try withFolder { folder in
            let lock =
                "import fcntl, sys; f = open(sys.argv[1], 'w'); fcntl.flock(f, fcntl.LOCK_EX);"
                + " print('held', flush=True); sys.stdin.read()"
            let holder = try Program(["python3", "-c", lock, folder + "/f.part"], input: .open)
            #expect(holder.outputLine() == "held")
            let outcome = try SockProgram.run("get", "http://127.0.0.1:1/", "-o", folder + "/f")
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("another download is writing it"), "\(outcome.errors)")
            holder.endInput()
            _ = holder.wait()
        }
    }
}

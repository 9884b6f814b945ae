import Foundation
import Glibc
import Testing

/// `sock send` to a receiver that fails in the middle of a file: it ends, and says why.
@Suite struct FailingReceiverTests {
    /// On a file system of two megabytes, which only root can mount.
    @Test(arguments: [3, 12]) func aFullDiskEndsTheSender(mebibytes: Int) throws {
        try withFolder { folder in
            let into = folder + "/full"
            try FileManager.default.createDirectory(atPath: into, withIntermediateDirectories: true)
            guard geteuid() == 0,
                try Program.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", into]).status
                    == 0
            else {
                print("SKIPPED: aFullDiskEndsTheSender, because a tmpfs cannot be mounted")
                return
            }
            defer { _ = try? Program.run(["umount", "--lazy", into]) }
            // The rest of the larger one is more than a window and a queue hold.
            try randomBytes(mebibytes << 20).write(to: URL(fileURLWithPath: folder + "/large"))
            try Data("x".utf8).write(to: URL(fileURLWithPath: folder + "/small"))
            let server = try SessionListening("receive", "--into", into)
            try expectFailure(of: folder + "/large", to: server, "no room on the disk")
            server.stop()
        }
    }

    /// A disk that breaks: write(2) fails from the twentieth on.
    @Test(arguments: ["EIO", "EDQUOT"]) func aBrokenDiskEndsTheSender(error: String) throws {
        guard try Program.run(["sh", "-c", "strace -o /dev/null true"]).status == 0 else {
            print("SKIPPED: aBrokenDiskEndsTheSender, because strace is missing or may not trace")
            return
        }
        try withFolder { folder in
            try randomBytes(12 << 20).write(to: URL(fileURLWithPath: folder + "/large"))
            let program = try Program(
                [
                    // -D: the tracer is the child, so that signals reach the program.
                    "strace", "-D", "-f", "-q", "-o", "/dev/null", "-e", "trace=pwrite64",
                    "-e", "inject=pwrite64:error=\(error):when=20+", SockProgram.path,
                    "receive", "--listen", "127.0.0.1:0", "--into", folder + "/into",
                ],
                input: .none
            )
            let line = try #require(program.errorLine())
            let endpoint = try #require(line.split(separator: " ").last)
            let sent = try SockProgram.run("send", folder + "/large", String(endpoint))
            #expect(sent.status == 1, "\(sent.errors)")
            #expect(sent.errors.contains("sock: large: "), "\(sent.errors)")
            program.send(SIGTERM)
            _ = program.wait()
        }
    }

    private func expectFailure(
        of file: String,
        to server: SessionListening,
        _ words: String
    ) throws {
        let sent = try SockProgram.run("send", file, server.endpoint)
        #expect(sent.status == 1, "\(sent.errors)")
        #expect(sent.errors.contains("sock: large: \(words)"), "\(sent.errors)")
    }
}

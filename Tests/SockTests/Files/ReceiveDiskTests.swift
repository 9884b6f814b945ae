import Foundation
import Testing

/// `sock receive` on a disk that is full.
@Suite struct ReceiveDiskTests {
    /// Whether a program may have a disk of its own here.
    private static let hasNamespaces: Bool =
        (try? Program.run(["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"]))?.status == 0

    @Test(.enabled(if: hasNamespaces))
    func unfinishedFilesDoNotKeepADiskFull() throws {
        try TransferFolders.with { folders in
            for (name, size) in [("a", 7), ("b", 5), ("c", 12), ("d", 6)] {
                let path = URL(fileURLWithPath: "\(folders.from)/\(name)")
                try randomBytes(size << 20).write(to: path)
            }
            // 8 MiB that only the receiver sees, and who looks through its eyes.
            let command = """
                mount -t tmpfs -o size=8m none '\(folders.into)' && \
                exec '\(SockProgram.path)' receive --listen 127.0.0.1:0 --into '\(folders.into)'
                """
            let server = try Program(["unshare", "-rm", "sh", "-c", command])
            let line = try #require(server.errorLine())
            let endpoint = line.replacingOccurrences(of: "listening on ", with: "")
            let port = String(endpoint.split(separator: ":").last ?? "")
            let disk = "/proc/\(server.processIdentifier)/root\(folders.into)"
            let names = { try FileManager.default.contentsOfDirectory(atPath: disk).sorted() }

            // One that nobody continues takes most of it.
            let slow = try BadLine(to: port, rate: 4_000_000)
            let sender = try SockProgram.start("send", folders.from + "/a", slow.endpoint)
            let hasCome = comes {
                let parts = (try? names()) ?? []
                return parts.map { bytes(disk + "/" + $0).count }.reduce(0, +) > 4 << 20
            }
            #expect(hasCome)
            sender.send(SIGINT)
            #expect(sender.wait().status == 130)
            // It gives way to one that fits without it.
            let second = try SockProgram.run("send", folders.from + "/b", endpoint)
            #expect(second.status == 0, "\(second.errors)")
            #expect(try names() == ["b"])
            try FileManager.default.removeItem(atPath: disk + "/b")
            // One that cannot fit goes itself.
            let third = try SockProgram.run(
                "send",
                folders.from + "/c",
                endpoint,
                "--timeout",
                "20"
            )
            #expect(third.status != 0)
            #expect(comes { (try? names())?.isEmpty == true })
            #expect(try SockProgram.run("send", folders.from + "/d", endpoint).status == 0)
            slow.stop()
            server.send(SIGTERM)
            #expect(server.wait().errors.contains("c: no room on the disk"))
        }
    }
}

import Foundation
import Testing

/// Downloads that are cut, and go on.
@Suite struct ServeResumeTests {
    @Test func curlGoesOnWithADownloadThatWasKilled() throws {
        try withFolder { folder in
            // More than the sockets between hold, and than curl takes in its first second.
            let size = 40 << 20
            try randomBytes(size).write(to: URL(fileURLWithPath: folder + "/huge.bin"))
            let server = try ServedFolder(folder)
            let (url, copy) = (server.url(of: "huge.bin"), folder + "/copy")
            let cut = try Program(["curl", "-sS", "--limit-rate", "1M", "-o", copy, url])
            #expect(comes { bytes(copy).count > 100_000 })
            cut.send(SIGKILL)
            #expect(cut.wait().status == 128 + SIGKILL)
            let had = bytes(copy).count
            #expect(had < size)
            let rest = try server.curl("-f", "-C", "-", "-o", copy, "-w", "%{size_download}", url)
            #expect(rest.status == 0, "\(rest.errors)")
            // Only what was missing was sent.
            #expect(rest.text == "\(size - had)")
            #expect(bytes(copy) == bytes(folder + "/huge.bin"))
            let log = server.stop()
            #expect(
                log.contains("GET /huge%2ebin 206 \(size - had) bytes"),
                "\(log)"
            )
        }
    }

    @Test func wgetGoesOnOverTLS() throws {
        try withFolder { folder in
            try FileTree.make(in: folder)
            let certificate = folder + "/certificate.pem"
            let server = try ServedFolder(
                folder,
                "--tls",
                "self-signed",
                "--tls-write-cert",
                certificate
            )
            let (url, copy) = (server.url(of: "large.bin"), folder + "/copy")
            let cut = try server.curl(
                "--cacert",
                certificate,
                "--limit-rate",
                "2M",
                "-m",
                "1",
                "-o",
                copy,
                url
            )
            #expect(cut.status == 28)
            let had = bytes(copy).count
            #expect(had > 0 && had < FileTree.largeSize)
            let rest = try Program.run([
                "wget", "-q", "--ca-certificate", certificate, "-c", "-O", copy, url,
            ])
            #expect(rest.status == 0, "\(rest.errors)")
            #expect(bytes(copy) == bytes(folder + "/large.bin"))
            server.stop()
        }
    }
}

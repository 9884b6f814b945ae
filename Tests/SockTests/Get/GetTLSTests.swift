import Foundation
import Testing

/// `sock get` over TLS: who is believed.
@Suite struct GetTLSTests {
    @Test func aCertificateIsTrustedByItsFileOrItsFingerprint() throws {
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
            let (url, expected) = (server.url(of: "large.bin"), bytes(folder + "/large.bin"))
            let byFile = try SockProgram.run("get", url, "--ca", certificate)
            #expect(byFile.status == 0 && byFile.output == expected, "\(byFile.errors)")
            let openssl = try Program.run([
                "openssl", "x509", "-in", certificate, "-noout", "-fingerprint", "-sha256",
            ])
            let fingerprint = try #require(openssl.text.split(separator: "=").last)
                .trimmingCharacters(in: .newlines)
            let pinned = try SockProgram.run("get", url, "--pin", fingerprint)
            #expect(pinned.status == 0 && pinned.output == expected, "\(pinned.errors)")
            let unknown = try SockProgram.run("get", url)
            #expect(unknown.status == 1 && unknown.output.isEmpty)
            #expect(unknown.errors.contains("self-signed"), "\(unknown.errors)")
            let insecure = try SockProgram.run("get", url, "--insecure")
            #expect(insecure.status == 0 && insecure.output == expected)
            #expect(insecure.errors.contains("INSECURE"))
            server.stop()
        }
    }

    @Test func aCertificateOfAnotherHostIsRefused() throws {
        try withFolder { folder in
            let (certificate, key) = (folder + "/certificate.pem", folder + "/key.pem")
            let openssl = try Program.run([
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                "-nodes", "-keyout", key, "-out", certificate, "-days", "2", "-subj",
                "/CN=other.test", "-addext", "subjectAltName=DNS:other.test",
            ])
            try #require(openssl.status == 0, "\(openssl.errors)")
            let server = try ServedFolder(folder, "--tls-cert", certificate, "--tls-key", key)
            let get = try SockProgram.run(
                "get",
                "https://localhost:\(server.port)/key.pem",
                "--ca",
                certificate
            )
            #expect(get.status == 1 && get.output.isEmpty)
            #expect(
                get.errors.contains("localhost") && get.errors.contains("other.test"),
                "\(get.errors)"
            )
            server.stop()
        }
    }

    @Test(.enabled(if: Nginx.isThere, "nginx is missing: scripts/setup test installs it"))
    func nginxOverTLSIsReadAsItIs() throws {
        try withFolder { folder in
            let tree = folder + "/tree"
            try FileTree.make(in: tree)
            let (certificate, key) = (folder + "/certificate.pem", folder + "/key.pem")
            let openssl = try Program.run([
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                "-nodes", "-keyout", key, "-out", certificate, "-days", "2", "-subj",
                "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1",
            ])
            try #require(openssl.status == 0, "\(openssl.errors)")
            let nginx = try Nginx(
                folder,
                root: tree,
                "ssl_certificate \(certificate); ssl_certificate_key \(key);",
                isSecure: true
            )
            let copy = folder + "/copy"
            let url = "https://127.0.0.1:\(nginx.port)/large.bin"
            let get = try SockProgram.run("get", url, "-o", copy, "--ca", certificate)
            #expect(get.status == 0, "\(get.errors)")
            #expect(bytes(copy) == bytes(tree + "/large.bin"))
            nginx.stop()
        }
    }
}

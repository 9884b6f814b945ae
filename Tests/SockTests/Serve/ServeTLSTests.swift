import Foundation
import Testing

/// `sock serve` over TLS: whom curl trusts, and whom it does not.
@Suite struct ServeTLSTests {
    @Test func curlTrustsTheWrittenCertificateAndNothingElse() throws {
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
            let url = server.url(of: "large.bin")
            let copy = try server.curl("-f", "--cacert", certificate, url)
            #expect(copy.status == 0, "\(copy.errors)")
            #expect(copy.output == bytes(folder + "/large.bin"))
            // By another name of the same machine that the certificate is for.
            let named = "https://localhost:\(server.port)/one"
            let one = try server.curl("-f", "--cacert", certificate, named)
            #expect(one.output == Data([10]), "\(one.errors)")
            // curl's own word for a certificate that it cannot check.
            #expect(try server.curl("-f", url).status == 60)
            // Plain text is no handshake, and nobody else notices.
            _ = try server.answer(to: "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try server.curl("-f", "--cacert", certificate, named).status == 0)
            server.stop()
        }
    }

    @Test func theFingerprintThatIsToldIsTheCertificates() throws {
        try withFolder { folder in
            let certificate = folder + "/certificate.pem"
            let program = try Program([
                SockProgram.path, "serve", folder, "--listen", "127.0.0.1:0", "--json", "--tls",
                "self-signed", "--tls-write-cert", certificate,
            ])
            let serving = try jsonObject(program.errorLine())
            #expect((serving["url"] as? String)?.hasPrefix("https://127.0.0.1:") == true)
            let told = try jsonObject(program.errorLine())
            let openssl = try Program.run([
                "openssl", "x509", "-in", certificate, "-noout", "-fingerprint", "-sha256",
            ])
            let fingerprint = openssl.text.split(separator: "=").last?.trimmingCharacters(
                in: .newlines
            )
            #expect(told["sha256"] as? String == fingerprint?.lowercased())
            program.send(SIGTERM)
            #expect(program.wait().status == 0)
        }
    }

    @Test func aCertificateIsReadAgainOnHangUp() throws {
        try withFolder { folder in
            let (certificate, key) = (folder + "/certificate.pem", folder + "/key.pem")
            func make(_ name: String) throws {
                let openssl = try Program.run([
                    "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", certificate,
                    "-days", "2", "-subj", "/CN=\(name)", "-addext", "subjectAltName=DNS:\(name)",
                ])
                try #require(openssl.status == 0, "\(openssl.errors)")
            }
            func ask(_ name: String, _ server: ServedFolder) throws -> Int32 {
                try server.curl(
                    "-f",
                    "--cacert",
                    certificate,
                    "--resolve",
                    "\(name):\(server.port):127.0.0.1",
                    "-o",
                    "/dev/null",
                    "https://\(name):\(server.port)/"
                ).status
            }
            try make("first.test")
            let server = try ServedFolder(folder, "--tls-cert", certificate, "--tls-key", key)
            #expect(try ask("first.test", server) == 0)
            try make("second.test")
            server.program.send(SIGHUP)
            while let line = server.program.errorLine(), !line.contains("is now for second.test") {}
            #expect(try ask("second.test", server) == 0)
            #expect(try ask("first.test", server) == 60)
            server.stop()
        }
    }

    @Test(arguments: [
        (["--tls", "signed"], "self-signed"),
        (["--tls-cert", "/nowhere.pem"], "--tls-cert and --tls-key go together"),
        (["--tls", "self-signed", "--tls-cert", "a", "--tls-key", "b"], "two certificates"),
        (["--tls-write-cert", "/tmp/x.pem"], "without TLS"),
    ]) func contradictionsAreUsageErrors(_ arguments: [String], _ words: String) throws {
        let outcome = try Program.run(
            [SockProgram.path, "serve", "--listen", "127.0.0.1:0"] + arguments
        )
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains(words), "\(outcome.errors)")
    }
}

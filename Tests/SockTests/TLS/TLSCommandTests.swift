import Foundation
import TLS
import Testing

@testable import sock

/// `sock tls`.
@Suite struct TLSCommandTests {
    @Test func aTrustedServerIsDescribed() throws {
        try withAuthority { authority in
            let files = try authority.issue("server")
            let server = try OpenSSLServer(files, "-alpn", "one")
            defer { server.stop() }
            let outcome = try SockProgram.run(
                "tls",
                "127.0.0.1:\(server.port)",
                "--ca",
                authority.file,
                "--alpn",
                "one"
            )
            #expect(outcome.status == 0, "\(outcome.errors)")
            let lines = outcome.text.split(separator: "\n").map(String.init)
            #expect(lines[0] == "127.0.0.1:\(server.port) (127.0.0.1:\(server.port))")
            #expect(
                lines[1] == "TLS 1.3, TLS_AES_256_GCM_SHA384, ALPN one, a session was resumed"
            )
            #expect(lines[2] == "certificate 0: CN=server")
            #expect(lines.contains("  issuer  CN=Test Authority"))
            #expect(lines.contains("  names   localhost, 127.0.0.1"))
            #expect(lines.contains("  key     EC prime256v1 (256 bits)"))
            let fingerprint = try authority.fingerprint(files).lowercased()
            #expect(lines.contains("  sha256  \(fingerprint)"))
            #expect(lines.last == "trusted for 127.0.0.1")
        }
    }

    @Test func whatIsWrongIsSaidForTheName() throws {
        try withAuthority { authority in
            let server = try OpenSSLServer(
                try authority.issue("bad", names: "DNS:other.example", to: "20210101000000Z"),
                "-tls1_2"
            )
            defer { server.stop() }
            let outcome = try SockProgram.run(
                "tls",
                "localhost:\(server.port)",
                "--ca",
                authority.file,
                "--json"
            )
            #expect(outcome.status == 1, "\(outcome.errors)")
            let seen = try jsonObject(outcome.text)
            #expect(seen["trusted"] as? Bool == false)
            #expect(seen["version"] as? String == "TLS 1.2")
            #expect(seen["resumed"] as? Bool == true)
            let failures = try #require(seen["failures"] as? [[String: Any]])
            let checks = Set(failures.compactMap { $0["check"] as? String })
            #expect(checks == ["expired", "wrong name"])
            let reasons = failures.compactMap { $0["reason"] as? String }
            #expect(reasons.contains { $0.contains("is for other.example, not localhost") })
            let certificates = try #require(seen["certificates"] as? [[String: Any]])
            #expect(certificates.first?["dns_names"] as? [String] == ["other.example"])
            #expect(try #require(certificates.first?["days_left"] as? Int) < 0)
        }
    }

    @Test func aSelfSignedServerIsTrustedByItsPinAlone() throws {
        let server = try Listening("--keep", "--echo", on: SecureListenTests.local)
        let pin = try server.pin()
        let place = "127.0.0.1:\(server.port)"
        let unpinned = try SockProgram.run("tls", place)
        #expect(unpinned.status == 1)
        #expect(unpinned.text.contains("is self-signed and not trusted"), "\(unpinned.text)")
        #expect(try SockProgram.run("tls", place, "--pin", pin).status == 0)
        let wrong = String(repeating: "0", count: 64)
        let mispinned = try SockProgram.run("tls", place, "--pin", wrong)
        #expect(mispinned.status == 1)
        #expect(mispinned.text.contains("differs from the pin: \(pin)"), "\(mispinned.text)")
        server.program.send(SIGTERM)
        _ = server.program.wait()
    }

    @Test func plainTextIsToldFromTLS() throws {
        for banner in ["SSH-2.0-x", "220 mail.example", "HTTP/1.1 400 Bad Request"] {
            let server = try Listening("--exec", "echo '\(banner)'")
            let outcome = try SockProgram.run("tls", "127.0.0.1:\(server.port)")
            #expect(outcome.status == 1)
            #expect(
                outcome.errors.hasPrefix("sock: 127.0.0.1:\(server.port) answers, but not TLS: "),
                "\(outcome.errors)"
            )
            _ = server.program.wait()
        }
    }

    @Test func silenceEndsAtTheTimeout() throws {
        let server = try Listening(input: .open)
        let outcome = try SockProgram.run("tls", "127.0.0.1:\(server.port)", "--timeout", "2")
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("does not answer a TLS client in time"))
        server.program.endInput()
        _ = server.program.wait()
    }

    @Test func nobodyThereIsAFailure() throws {
        let outcome = try SockProgram.run("tls", "127.0.0.1:\(try unusedPort())")
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("connection refused"), "\(outcome.errors)")
        #expect(try SockProgram.run("tls", "udp://localhost:1").status == 64)
    }

    @Test func daysAreCountedDownwards() {
        func days(_ seconds: Int64) -> DaysLeft {
            DaysLeft(until: CertificateTime(secondsSinceEpoch: 1_000_000 + seconds), now: 1_000_000)
        }
        #expect(days(86_399).words == "0 days left")
        #expect(days(86_400).words == "1 day left")
        #expect(days(-1).words == "ended 1 day ago")
        #expect(days(-86_400).words == "ended 1 day ago")
        #expect(days(-86_401).words == "ended 2 days ago")
        #expect(DaysLeft(until: CertificateTime(secondsSinceEpoch: .min), now: 1).count == 0)
    }
}

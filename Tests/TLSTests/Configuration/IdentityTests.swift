import Sockets
import SocketsTesting
import TLS
import TestSupport
import Testing

@Suite("Identities")
struct IdentityTests {
    @Test func aDevelopmentCertificateIsWhatOpenSSLReads() throws {
        let identity = try TLSIdentity.selfSigned(
            names: ["dev.example", "192.0.2.9", "2001:db8::9"],
            validity: .seconds(86_400)
        )
        let certificate = identity.certificates[0]
        #expect(certificate.dnsNames == ["dev.example", "localhost"])
        #expect(
            certificate.names == "dev.example, localhost, 192.0.2.9, 2001:db8::9, 127.0.0.1, ::1"
        )
        #expect(certificate.subject == "CN=dev.example")
        let lifetime =
            certificate.notAfter.secondsSinceEpoch - certificate.notBefore.secondsSinceEpoch
        #expect((86_400 + 3600 - 2...86_400 + 3600 + 2).contains(lifetime))
        let text = try run(
            "sh",
            "-c",
            """
            printf '%s' '\(identity.certificatePEM)' | \
                openssl x509 -noout -fingerprint -sha256 -purpose -text
            """
        )
        let printed = text.split(separator: "\n").first { $0.contains("Fingerprint=") }
        let digits = try #require(printed?.split(separator: "=").last)
        #expect(CertificateFingerprint(String(digits)) == certificate.fingerprint)
        #expect(text.contains("SSL server : Yes"))
        #expect(text.contains("ASN1 OID: prime256v1"))
        #expect(text.contains("DNS:dev.example"))
    }

    @Test(arguments: ["a b", "a,DNS:evil.example", "x\ny"])
    func namesThatAreNoneAreRefused(name: String) async {
        await expect(.invalidArgument, saying: "no host name") {
            _ = try TLSIdentity.selfSigned(names: [name])
        }
    }

    @Test func filesAndTextsAreTheSame() throws {
        let authority = try Authority()
        let made = try authority.issue("a.example")
        #expect(made.certificates.count == 2)
        let read = try TLSIdentity(
            certificatePEM: made.certificatePEM,
            keyPEM: made.privateKeyPEM
        )
        #expect(read.certificates == made.certificates)
        let files = try authority.files(of: made)
        let again = try TLSIdentity(certificateFile: files.certificate, keyFile: files.key)
        #expect(again.certificates == made.certificates)
        #expect(try Certificate(der: made.certificates[0].der) == made.certificates[0])
    }

    @Test func wrongFilesAreNamed() async throws {
        let authority = try Authority()
        let (one, other) = try (TLSIdentity.selfSigned(), TLSIdentity.selfSigned())
        let (a, b) = try (authority.files(of: one), authority.files(of: other))
        await expect(.invalidArgument, saying: "/no/such/file") {
            _ = try TLSIdentity(certificateFile: "/no/such/file", keyFile: a.key)
        }
        await expect(.invalidArgument, saying: a.key) {
            _ = try TLSIdentity(certificateFile: a.key, keyFile: a.key)
        }
        await expect(.invalidArgument, saying: "key values mismatch") {
            _ = try TLSIdentity(certificateFile: a.certificate, keyFile: b.key)
        }
        await expect(.invalidArgument) { _ = try TLSIdentity(certificatePEM: "", keyPEM: "") }
        await expect(.malformed) { _ = try Certificate(der: [0x30, 0x03, 1, 2, 3]) }
        await expect(.malformed) { _ = try Certificate.certificates(pem: "nothing") }
    }

    @Test func aKeyWithAPasswordIsRefusedAndNobodyIsAsked() async throws {
        let authority = try Authority()
        let identity = try TLSIdentity.selfSigned()
        let files = try authority.files(of: identity)
        let locked = files.key + ".locked"
        try run(
            "openssl",
            "pkcs8",
            "-topk8",
            "-in",
            files.key,
            "-out",
            locked,
            "-passout",
            "pass:x"
        )
        await expect(.invalidArgument, saying: locked) {
            _ = try TLSIdentity(certificateFile: files.certificate, keyFile: locked)
        }
    }
}

import TLS
import Testing

/// The values certificates are told apart by.
@Suite("Certificate values")
struct CertificateValueTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00Z"), (951_782_399, "2000-02-28T23:59:59Z"),
        (951_782_400, "2000-02-29T00:00:00Z"), (4_107_542_400, "2100-03-01T00:00:00Z"),
        (-1, "1969-12-31T23:59:59Z"), (253_402_300_799, "9999-12-31T23:59:59Z"),
    ])
    func momentsPrintAsDates(seconds: Int64, text: String) {
        #expect(CertificateTime(secondsSinceEpoch: seconds).description == text)
    }

    @Test func fingerprintsParseInEveryCommonForm() throws {
        let plain = String(repeating: "0aB1", count: 16)
        let fingerprint = try #require(CertificateFingerprint(plain))
        #expect(fingerprint.description.hasPrefix("0a:b1:0a:"))
        #expect(CertificateFingerprint(fingerprint.description) == fingerprint)
        #expect(CertificateFingerprint("sha256:" + fingerprint.description) == fingerprint)
        #expect(CertificateFingerprint(bytes: fingerprint.bytes) == fingerprint)
    }

    @Test(arguments: [
        "", "0a", String(repeating: "0", count: 63), String(repeating: "g", count: 64),
    ])
    func whatIsNoFingerprintIsRefused(text: String) {
        #expect(CertificateFingerprint(text) == nil)
        #expect(CertificateFingerprint(text + String(repeating: "0", count: 66)) == nil)
    }
}

import Digests
import Testing

/// The examples of FIPS 180-4 and RFC 6455.
@Suite("Digests")
struct DigestsTests {
    @Test func sha256OfTheStandardsExamples() {
        #expect(
            hex(SHA256.digest(of: Array("abc".utf8)))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        )
        #expect(
            hex(SHA256.digest(of: Array("".utf8)))
                == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        )
    }

    @Test func sha1OfTheStandardsExamples() {
        #expect(
            hex(SHA1.digest(of: Array("abc".utf8)))
                == "a9993e364706816aba3e25717850c26c9cd0d89d"
        )
        // RFC 6455 §1.3.
        let key = "dGhlIHNhbXBsZSBub25jZQ==258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        #expect(
            hex(SHA1.digest(of: Array(key.utf8)))
                == "b37a4f2cc0624f1690f64606cf385945b2bec4ea"
        )
    }

    @Test func piecesGiveTheSameAsTheWholeAtEverySplit() {
        let bytes = (0..<200).map { UInt8($0) }
        let whole = SHA256.digest(of: bytes)
        for split in 0...bytes.count {
            var digest = SHA256()
            digest.update(Array(bytes[..<split]))
            digest.update(Array(bytes[split...]))
            #expect(digest.finalize() == whole)
        }
    }

    @Test func randomBytesAreAsManyAsAskedAndDiffer() {
        #expect(RandomBytes.make(0).isEmpty)
        #expect(RandomBytes.make(33).count == 33)
        #expect(RandomBytes.make(16) != RandomBytes.make(16))
    }

    @Test func equalityLooksAtEveryByte() {
        let bytes = RandomBytes.make(32)
        #expect(constantTimeEqual(bytes, bytes))
        #expect(constantTimeEqual([], []))
        #expect(!constantTimeEqual(bytes, Array(bytes.dropLast())))
        for index in bytes.indices {
            var other = bytes
            other[index] ^= 1
            #expect(!constantTimeEqual(bytes, other))
        }
    }

    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

import HTTPTypes
import Testing

@testable import HTTP

/// What comes from the wire is compared by its bytes: to `==` of strings some others are the same.
struct WireBytesTests {
    @Test func aPageOfAHostThatLooksTheSameMayNotConnect() {
        // KELVIN SIGN, which is a "k" in lower case, and ANGSTROM SIGN, which is an "Å" to `==`.
        let same = WebSocketOrigins.sameHost
        #expect(!same.allows("http://\u{212A}ey.example", host: "key.example"))
        #expect(!same.allows("http://\u{212B}.example", host: "\u{C5}.example"))
        #expect(!same.allows("http:\u{301}//key.example", host: "key.example"))
        #expect(same.allows("http://KEY.example", host: "key.Example"))
        let only = WebSocketOrigins.only(["http://\u{C5}.example"])
        #expect(!only.allows("http://A\u{30A}.example", host: nil))
        #expect(only.allows("http://\u{C5}.example", host: nil))
    }

    @Test func tagsAreTheSameBytes() throws {
        let one = try #require(EntityTag(parsing: "\"caf\u{E9}\""))
        let two = try #require(EntityTag(parsing: "\"cafe\u{301}\""))
        #expect(!one.matchesStrongly(two) && !one.matchesWeakly(two))
        #expect(one.matchesStrongly(one))
    }

    /// A comma is a comma, whatever mark stands behind it.
    @Test func marksDoNotHideASeparator() {
        let accepted = QualityValues(parsing: "gzip,\u{301}x, br;\u{301}a=1;q=0.5")
        #expect(accepted.weight(ofFirst: "gzip") == 1_000)
        #expect(accepted.weight(ofFirst: "br") == 500)
        #expect(QualityValues(parsing: "\u{212A}").weight(ofFirst: "k") == nil)
        #expect(ContentType.of(name: Array("a.m\u{212A}v".utf8)) == .unknown)
        #expect(ContentType.of(name: Array("a.MKV".utf8)) != .unknown)
    }

    @Test func aRangeOfAnUploadIsReadByBytes() {
        #expect(
            UploadRange([.contentRange: "BYTES 5-9/20"])
                == UploadRange(offset: 5, count: 5, total: 20)
        )
        #expect(UploadRange([.contentRange: "bytes \u{301}5-9/20"]) == nil)
    }
}

import Testing

@testable import HTTP

@Suite struct NegotiationTests {
    @Test(
        arguments: [
            (nil, []), ("", []), ("br", [.brotli]), ("gzip", [.gzip]), ("x-gzip", [.gzip]),
            ("gzip, deflate, br, zstd", [.brotli, .gzip]),
            ("gzip;q=1.0, br;q=0.5", [.gzip, .brotli]),
            ("br;q=0, gzip", [.gzip]), ("*", [.brotli, .gzip]), ("*;q=0", []),
            ("gzip;q=0, *", [.brotli]), ("identity", []), ("identity, gzip;q=0.5", []),
            ("identity;q=0.1, gzip;q=0.5", [.gzip]), ("gzip;q=0.001", [.gzip]),
            ("GZIP ; Q=0.5", [.gzip]), ("gzip;q=2", []), ("gzip;q=0.5555", []), ("gzip;q=", []),
        ] as [(String?, [ContentCoding])]
    )
    func theFormTheClientLikesBestComesFirst(field: String?, codings: [ContentCoding]) {
        #expect(ContentCoding.preferences(field) == codings)
    }

    @Test func weightsAreThousandths() {
        let values = QualityValues(
            parsing: "a, b;q=0.5;x=1, c;x=1;q=0.123, d;q=1.000, e;q=1.001, ;q=1"
        )
        #expect(values.weights.map(\.name) == ["a", "b", "c", "d"])
        #expect(values.weights.map(\.weight) == [1_000, 500, 123, 1_000])
        #expect(values.weight(ofFirst: "z", "b") == 500)
        #expect(values.weight(ofFirst: "z") == nil)
    }

    @Test func aListOfAnyLengthIsCut() {
        let long = (0..<100_000).map { "a\($0)" }.joined(separator: ",")
        #expect(QualityValues(parsing: long).weights.count == QualityValues.countLimit)
    }
}

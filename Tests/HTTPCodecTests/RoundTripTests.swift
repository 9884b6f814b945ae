import HTTPCodec
import Testing

/// What is written is read back: any message, cut anywhere.
struct RoundTripTests {
    @Test(arguments: [1, 0xDEAD_BEEF, UInt64.random(in: 0...UInt64.max)])
    func requestsAreReadAsTheyWereWritten(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for round in 0..<300 {
            var bytes: [UInt8] = []
            var expected: [Observed] = []
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                try generator.appendRequest(to: &bytes, &expected)
            }
            expected.append(.streamEnd(.idle))
            let observed = observeRequests(generator.cut(bytes))
            #expect(observed == expected, "seed \(seed), round \(round)")
        }
    }

    @Test(arguments: [2, 0xFEED_FACE, UInt64.random(in: 0...UInt64.max)])
    func responsesAreReadAsTheyWereWritten(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for round in 0..<300 {
            var bytes: [UInt8] = []
            var expected: [Observed] = []
            var methods: [HTTPRequest.Method] = []
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                methods.append(try generator.appendResponse(to: &bytes, &expected))
            }
            expected.append(.streamEnd(.idle))
            let observed = observeResponses(generator.cut(bytes), to: methods)
            #expect(observed == expected, "seed \(seed), round \(round)")
        }
    }

    @Test(arguments: [3, UInt64.random(in: 0...UInt64.max)])
    func spoiledBytesAreReadTheSameInPieces(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for round in 0..<2000 {
            let texts = RecordedRequests.all + SmugglingTests.pipelines
            var bytes = Array(texts.randomElement(using: &generator)?.utf8 ?? "".utf8)
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                let odd: [UInt8] = [0, 9, 10, 13, 32, 44, 58, 59, 127, 255]
                bytes[place] = odd.randomElement(using: &generator) ?? 0
            }
            let whole = observeRequests([bytes[...]])
            let cut = observeRequests(generator.cut(bytes))
            #expect(cut == whole, "seed \(seed), round \(round)")
        }
    }
}

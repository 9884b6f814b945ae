import SocketsTesting
import Testing

@testable import Sessions

/// Entries in chunks are what an array of them would be.
@Suite struct PackedEntriesTests {
    @Test(arguments: 0..<UInt64(20)) func whatIsPutInComesOut(seed: UInt64) {
        // A failure names the argument, which is the seed.
        var random = SeededRandom(seed: seed)
        var packed = PackedEntries()
        var model: [TopicEntry] = []
        var next: UInt64 = 0
        for _ in 0..<2_000 {
            if model.isEmpty || .random(in: 0..<10, using: &random) < 6 {
                // Around the sizes at which something changes: a byte for the size, and a chunk.
                let sizes = [0, 1, 7, 100, 254, 255, 256, 974, 975, 984, 985, 3_000]
                let size = sizes.randomElement(using: &random) ?? 0
                let bytes = (0..<size).map { _ in UInt8.random(in: 0...255, using: &random) }
                packed.append(bytes)
                model.append(TopicEntry(offset: next, bytes: bytes))
                next += 1
            } else {
                packed.removeFirst()
                model.removeFirst()
            }
            #expect(packed.count == model.count)
            #expect(packed.nextOffset == next)
            #expect(packed.firstOffset == model.first?.offset ?? next)
            let start = UInt64.random(in: 0...next + 1, using: &random)
            let limit = Int.random(in: 1...70, using: &random)
            let expected = model.drop { $0.offset < start }.prefix(limit)
            #expect(packed.entries(from: start, limit: limit) == Array(expected))
        }
        while packed.count > 0 { packed.removeFirst() }
        #expect(packed.size == 0)
    }
}

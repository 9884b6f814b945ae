import Testing

@testable import HTTP

@Suite struct ByteRangesTests {
    @Test(arguments: [
        ("bytes=0-0", [0..<1]), ("bytes=0-499", [0..<500]), ("bytes=500-999", [500..<1_000]),
        ("bytes=-500", [9_500..<10_000]), ("bytes=9500-", [9_500..<10_000]),
        ("bytes=0-99999999999999999999999", [0..<10_000]), ("bytes=-20000", [0..<10_000]),
        ("BYTES=1-2", [1..<3]), ("bytes=0-0,-1", [0..<1, 9_999..<10_000]),
        ("bytes= 0-0 , ,-1,", [0..<1, 9_999..<10_000]),
        ("bytes=5000-5001,20-30", [5_000..<5_002, 20..<31]),
        ("bytes=20000-,0-1", [0..<2]),
    ]) func partsAreReadInTheirOrder(text: String, ranges: [Range<Int>]) {
        #expect(ByteRanges(parsing: text, size: 10_000) == .parts(ranges))
    }

    @Test(arguments: [
        "", "bytes", "bytes=", "bytes=,", "bytes=-", "bytes=a-", "bytes=5-4", "bytes=1-2-3",
        "bytes=--5", "bytes=+1-2", "bytes=0x1-2", "items=0-1", "bytes 0-1", "bytes=0-1;2-3",
        "bytes=1 -2", "bytes=0-1,x",
    ]) func whatBreaksTheGrammarIsNoRange(text: String) {
        #expect(ByteRanges(parsing: text, size: 10_000) == .whole)
    }

    @Test(arguments: [
        ("bytes=10000-", 10_000), ("bytes=99999999999999999999999-", 10_000), ("bytes=-0", 10_000),
        ("bytes=1-", 0), ("bytes=5-9", 0), ("bytes=10000-10001,20000-", 10_000),
    ]) func whatIsBeyondTheEndCannotBeSatisfied(text: String, size: Int) {
        #expect(ByteRanges(parsing: text, size: size) == .unsatisfiable)
    }

    /// As nginx answers: a client that goes on with an empty file has all of it.
    @Test(arguments: ["bytes=0-", "bytes=0-0", "bytes=0-99", "bytes=-1", "bytes=5-,0-"])
    func theBeginOfNothingIsTheWhole(text: String) {
        #expect(ByteRanges(parsing: text, size: 0) == .whole)
    }

    @Test func overlappingAndCloseOnesAreOne() {
        let read = { ByteRanges(parsing: "bytes=" + $0, size: 10_000) }
        #expect(read("0-99,50-149") == .parts([0..<150]))
        #expect(read("0-99,100-149") == .parts([0..<150]))
        #expect(read("0-99,179-200") == .parts([0..<201]))
        #expect(read("0-99,180-200") == .parts([0..<100, 180..<201]))
        #expect(read("0-9,1000-1009,5-1004") == .parts([0..<1_010]))
        // One that grows keeps the place of its first piece.
        #expect(read("5000-5009,0-9,5010-5019") == .parts([5_000..<5_020, 0..<10]))
        #expect(
            read("0-9,5000-5009,9000-9009,9010-9019,10-4999")
                == .parts([0..<5_010, 9_000..<9_020])
        )
    }

    @Test func moreThanTheLimitIsTheWhole() {
        let ranges = { (count: Int) in
            "bytes=" + (0..<count).map { "\($0 * 200)-\($0 * 200)" }.joined(separator: ",")
        }
        let limit = ByteRanges.countLimit
        guard case .parts(let parts) = ByteRanges(parsing: ranges(limit), size: 1_000_000) else {
            Issue.record("at the limit they are parts")
            return
        }
        #expect(parts.count == limit)
        #expect(ByteRanges(parsing: ranges(limit + 1), size: 1_000_000) == .whole)
    }

    /// Against a bitmap: every byte that was asked for is sent, none twice, and none that is far
    /// from one that was asked for.
    @Test func anyRangesCoverWhatWasAskedForOnce() {
        let seed = UInt64.random(in: .min ... .max)
        var random = Seeded(state: seed)
        for _ in 0..<2_000 {
            let size = Int.random(in: 1...3_000, using: &random)
            var wanted = [Bool](repeating: false, count: size)
            let specifiers = (0..<Int.random(in: 1...8, using: &random)).map { _ in
                let first = Int.random(in: 0...size, using: &random)
                let last = first + Int.random(in: 0...400, using: &random)
                for index in first...last where index < size { wanted[index] = true }
                return "\(first)-\(last)"
            }
            let text = "bytes=" + specifiers.joined(separator: ",")
            guard case .parts(let parts) = ByteRanges(parsing: text, size: size) else {
                #expect(!wanted.contains(true), "seed \(seed)")
                continue
            }
            var sent = [Int](repeating: 0, count: size)
            for part in parts { for index in part { sent[index] += 1 } }
            let sentTwice = sent.contains { $0 > 1 }
            let isMissing = zip(wanted, sent).contains { $0 && $1 == 0 }
            let extra = zip(wanted, sent).count { !$0 && $1 > 0 }
            #expect(!sentTwice && !isMissing, "seed \(seed): \(text) of \(size)")
            #expect(extra <= specifiers.count * ByteRanges.gapLimit, "seed \(seed): \(text)")
        }
    }
}

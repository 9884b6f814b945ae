import Testing

@testable import WebSocketCodec

@Suite struct UTF8CheckTests {
    /// Where the check fails, given the bytes one by one; nil if it does not.
    private func failure(_ text: [UInt8]) -> (index: Int?, isComplete: Bool) {
        var check = UTF8Check()
        for (index, byte) in text.enumerated() {
            guard [byte].read({ check.isValid($0) }) else { return (index, false) }
        }
        return (nil, check.isComplete)
    }

    @Test func agreesWithTheStandardLibraryOnEveryPairAndTheEdgesOfLongerSequences() {
        // Every byte that is an edge of some range in Unicode's table 3-7.
        let edges: [UInt8] = [
            0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0,
            0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFE, 0xFF,
        ]
        for first: UInt8 in 0...255 {
            for second: UInt8 in 0...255 { compare([first, second]) }
        }
        for first in edges where first >= 0xC0 {
            for second in edges {
                for third in edges {
                    compare([first, second, third])
                    guard first >= 0xF0 else { continue }
                    for fourth: UInt8 in [0x41, 0x7F, 0x80, 0xBF, 0xC0] {
                        compare([first, second, third, fourth])
                    }
                }
            }
        }
    }

    private func compare(_ text: [UInt8]) {
        let isValid = String(validating: text, as: UTF8.self) != nil
        let (index, isComplete) = failure(text)
        var whole = UTF8Check()
        let wholeIsValid = text.read { whole.isValid($0) }
        guard (index == nil && isComplete) == isValid, wholeIsValid == (index == nil),
            !wholeIsValid || whole.isComplete == isComplete
        else {
            Issue.record("\(text): \(isValid), one by one \(index ?? -1) \(isComplete)")
            return
        }
    }

    @Test(arguments: [
        ("48656c6c6f 80", 5), ("cebae1bdb9cf83cebcceb5 eda080", 12), ("c0 af", 0),
        ("f4 90 80 80", 1), ("f8", 0), ("e0 80", 1), ("f0 8f", 1), ("ed a0", 1), ("c2 41", 1),
    ])
    func failsAtTheFirstWrongByte(hex: String, index: Int) {
        #expect(failure(bytes(hex)).index == index)
    }

    @Test(arguments: ["c2", "e0a0", "ed9f", "f09f98", "f48fbf", "41 e2 82"])
    func aCutCharacterIsNotWrongYet(hex: String) {
        let (index, isComplete) = failure(bytes(hex))
        #expect(index == nil)
        #expect(!isComplete)
    }
}

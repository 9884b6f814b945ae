import Foundation
import Sessions
import Testing

@testable import sock

@Suite struct FlatObjectTests {
    private func members(_ text: String) throws -> [WireName: FlatObject.Value] {
        try FlatObject(Array(text.utf8)[...]).members
    }

    private func mistake(_ bytes: [UInt8]) -> FlatObject.Mistake? {
        do throws(FlatObject.Mistake) {
            _ = try FlatObject(bytes[...])
            return nil
        } catch {
            return error
        }
    }

    @Test func membersAreStringsAndNumbers() throws {
        let members = try members(
            #" { "a" : "x" ,"b":-12,"c":true,"d":null,"e":1.5,"f":2e3,"g":0,"":"" } "#
        )
        #expect(
            members == [
                "a": .text([0x78]), "b": .number(-12), "c": .other, "d": .other, "e": .other,
                "f": .other, "g": .number(0), "": .text([]),
            ]
        )
        #expect(try self.members("{}").isEmpty)
    }

    @Test func everyEscapeIsRead() throws {
        let members = try members(#"{"a":"\"\\\/\b\f\n\r\t\u0041\u00e9\u20AC\ud83d\uDE00é"}"#)
        #expect(members == ["a": .text(Array("\"\\/\u{8}\u{C}\n\r\tAé€😀é".utf8))])
    }

    @Test(arguments: [
        ("", 0), ("x", 0), ("[]", 0), ("{", 1), (#"{"a"}"#, 4), (#"{"a":}"#, 5), (#"{"a":1"#, 6),
        (#"{"a":1,}"#, 7), (#"{"a":1 "b":2}"#, 7), (#"{"a":1}x"#, 7), (#"{"a":{}}"#, 5),
        (#"{"a":[1]}"#, 5), (#"{"a":01}"#, 5), (#"{"a":-}"#, 6), (#"{"a":1.}"#, 7),
        (#"{"a":9223372036854775808}"#, 5), (#"{"a":"x"#, 7), (#"{"a":"\x"}"#, 6),
        (#"{"a":"\u12"}"#, 8), (#"{"a":"\ud800"}"#, 6), (#"{"a":"\udc00"}"#, 6),
        (#"{"a":"\ud800\u0041"}"#, 6), ("{\"a\":\"\n\"}", 6), (#"{"a":1,"a":2}"#, 7),
        (#"{a:1}"#, 1), (#"{"a":tru}"#, 5), (#"{"a":"\u+123"}"#, 8),
    ])
    func aMistakeIsPointedAt(_ text: String, _ offset: Int) {
        #expect(mistake(Array(text.utf8))?.offset == offset)
    }

    @Test func malformedUTF8IsPointedAt() {
        #expect(
            mistake(Array(#"{"é":""#.utf8) + [0xFF]) == .init(offset: 7, what: "this is no UTF-8")
        )
    }

    /// Foundation, another reader of the same grammar, agrees about what is no object at all.
    @Test(arguments: Draws.seeds(20))
    func randomDamageNeverTraps(_ seed: UInt64) {
        var draws = Draws(seed: seed)
        let whole = Array(#"{"ns":12,"event":"sent","text":"a\u00e9\n","x":1.5e3,"y":true}"#.utf8)
        for _ in 0..<500 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...3, using: &draws) {
                let index = Int.random(in: 0..<bytes.count, using: &draws)
                bytes[index] = UInt8.random(in: 0...255, using: &draws)
            }
            let isObject =
                (try? JSONSerialization.jsonObject(with: Data(bytes))) is [String: Any]
            if !isObject { #expect(mistake(bytes) != nil, "\(bytes)") }
        }
    }
}

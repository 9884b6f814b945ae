import Sockets
import Testing

/// A text that must be refused, where the mistake begins, and the reason in full or in part.
struct BadText: CustomTestStringConvertible, Sendable {
    let text: String
    let offset: Int
    let reason: String

    init(_ text: String, _ offset: Int, _ reason: String) {
        self.text = text
        self.offset = offset
        self.reason = reason
    }

    var testDescription: String { text.debugDescription }

    /// Expects `parse` to refuse the text for the reason, at the place.
    func check<Value>(
        sourceLocation: SourceLocation = #_sourceLocation,
        _ parse: (String) throws(AddressParseError) -> Value
    ) {
        do {
            let value = try parse(text)
            Issue.record("was read as \(value)", sourceLocation: sourceLocation)
        } catch {
            #expect(error.offset == offset, "\(error)", sourceLocation: sourceLocation)
            #expect(error.reason.contains(reason), "\(error)", sourceLocation: sourceLocation)
        }
    }
}

/// A generator that gives the same numbers for the same seed (SplitMix64).
struct AddressRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A generator with a new seed, which is printed so that a failure can be repeated.
    static func announced(_ test: String = #function) -> AddressRandom {
        let seed = UInt64.random(in: 0 ... .max)
        print("\(test): seed \(seed)")
        return AddressRandom(seed: seed)
    }
}

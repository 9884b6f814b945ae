internal import Glibc

/// Random numbers that come again with the same seed: SplitMix64 (Steele, Lea, Flood: "Fast
/// splittable pseudorandom number generators", 2014).
///
/// ```swift
/// var random = SeededRandom(seed: SeededRandom.testSeed)
/// let size = Int.random(in: 1...64, using: &random)
/// ```
public struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// The sequence that belongs to a seed.
    ///
    /// Equal seeds, equal sequences.
    public init(seed: UInt64) { state = seed }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A generator of its own, so that one part's draws do not shift those of another.
    public mutating func fork() -> SeededRandom { SeededRandom(seed: next()) }

    /// True once in `count` times, on average.
    public mutating func oneIn(_ count: Int) -> Bool {
        Int.random(in: 0..<count, using: &self) == 0
    }

    /// The seed of this test run: the environment's `SOCK_TEST_SEED` (decimal, or hexadecimal
    /// behind `0x`), or a fresh one.
    ///
    /// Printed once on stderr, so that any run can be repeated.
    ///
    /// Traps when the environment's value is not a number: a wrong seed must not look like a
    /// repeated run.
    public static let testSeed: UInt64 = {
        let seed = environmentSeed ?? UInt64.random(in: 0 ... .max)
        let line = "SOCK_TEST_SEED=0x\(String(seed, radix: 16))\n"
        _ = unsafe write(STDERR_FILENO, line, line.utf8.count)
        return seed
    }()

    private static var environmentSeed: UInt64? {
        guard let text = Environment.value("SOCK_TEST_SEED") else { return nil }
        let seed =
            text.hasPrefix("0x") ? UInt64(text.dropFirst(2), radix: 16) : UInt64(text, radix: 10)
        guard let seed else { fatalError("SOCK_TEST_SEED is not a number: \(text)") }
        return seed
    }
}

/// How a ``ChunkingStream`` cuts: an endless sequence of chunk sizes.
///
/// ```swift
/// let everySplit = (1...9).map { ChunkSizes.split(after: $0) }
/// ```
public struct ChunkSizes: Sendable {
    private enum Source {
        case pattern([Int], place: Int)
        case random(SeededRandom, limit: Int)
        case split(Int?)
    }

    private var source: Source

    private init(_ source: Source) { self.source = source }

    /// These sizes, over and over.
    public static func repeating(_ sizes: Int...) -> Self {
        precondition(!sizes.isEmpty && sizes.allSatisfy { $0 > 0 }, "chunks have at least one byte")
        return Self(.pattern(sizes, place: 0))
    }

    /// Sizes from one to a limit, by a seed.
    public static func random(seed: UInt64, upTo limit: Int) -> Self {
        precondition(limit > 0, "chunks have at least one byte")
        return Self(.random(SeededRandom(seed: seed), limit: limit))
    }

    /// One cut, after so many bytes; everything else in one piece.
    ///
    /// At zero there is none.
    public static func split(after count: Int) -> Self {
        precondition(count >= 0, "a negative place")
        return Self(.split(count == 0 ? nil : count))
    }

    /// No cuts.
    public static let whole = Self(.split(nil))

    /// The next chunk's size, at least one.
    mutating func next() -> Int {
        switch source {
        case .pattern(let sizes, let place):
            source = .pattern(sizes, place: (place + 1) % sizes.count)
            return sizes[place]
        case .random(var random, let limit):
            let size = Int.random(in: 1...limit, using: &random)
            source = .random(random, limit: limit)
            return size
        case .split(let first):
            source = .split(nil)
            return first ?? .max
        }
    }
}

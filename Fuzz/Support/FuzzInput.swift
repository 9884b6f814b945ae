/// The bytes of one try: first what steers the test, then what the parser gets.
///
/// What steers comes first so that the rest can grow without changing it.
struct FuzzInput {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    /// The next byte; zero after the end, so that every input steers.
    mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

    /// Where to cut, by two bytes.
    mutating func cuts() -> Cuts { Cuts(sizes: [Int(byte()) + 1, Int(byte()) + 1]) }

    /// All that is left.
    mutating func bytes() -> [UInt8] {
        defer { rest = [] }
        return Array(rest)
    }

    /// All that is left, as text; what is not UTF-8 in it becomes U+FFFD.
    mutating func text() -> String { String(decoding: bytes(), as: UTF8.self) }
}

/// Where a stream is cut: into pieces of these sizes by turns, or not at all.
struct Cuts {
    var sizes: [Int]

    static let none = Cuts(sizes: [])

    /// Where the pieces of so many bytes end; at least one.
    func ends(in count: Int) -> [Int] {
        var ends: [Int] = []
        var end = 0
        var turn = 0
        while !sizes.isEmpty, end + sizes[turn % sizes.count] < count {
            end += sizes[turn % sizes.count]
            turn += 1
            ends.append(end)
        }
        return ends + [count]
    }
}

/// What came of one step of a parser.
enum Step {
    case event
    case needsMore
    case failed
}

/// Feeds bytes as a connection does: what is consumed is gone, the rest comes again with more after it.
///
/// At most `restLimit` bytes may stay unconsumed when the parser asks for more.
func feed(
    _ bytes: [UInt8],
    _ cuts: Cuts,
    restLimit: Int,
    _ step: (RawSpan, inout Int) -> Step
) {
    var start = 0
    for end in cuts.ends(in: bytes.count) {
        // Safe: a UInt8 has no padding whose bytes could mean nothing.
        let input = unsafe bytes.span.bytes.extracting(start..<end)
        var consumed = 0
        loop: while true {
            let before = consumed
            let result = step(input, &consumed)
            check(before <= consumed && consumed <= input.byteCount, "consumed what there is not")
            switch result {
            case .event: continue
            case .needsMore: break loop
            case .failed: return
            }
        }
        start += consumed
        check(end - start <= restLimit, "keeps \(end - start) bytes, over \(restLimit)")
    }
}

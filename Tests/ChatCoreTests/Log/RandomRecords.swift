@testable import ChatCore

/// Records with every kind of body and values of all sizes, from a seed.
struct RandomRecords {
    private var generator: SplitMix

    init(seed: UInt64) {
        generator = SplitMix(state: seed)
    }

    /// One record, of a few entries.
    func record() -> LogRecord {
        var copy = self
        return copy.next()
    }

    mutating func next() -> LogRecord {
        LogRecord(
            node: text(8),
            epoch: offset(),
            sequence: number(),
            time: WallTime(milliseconds: Int64.random(in: 0...WallTime.limit, using: &generator)),
            entries: (0..<Int.random(in: 0...12, using: &generator)).map { _ in entry() }
        )
    }

    private mutating func entry() -> LogEntry {
        var entry = LogEntry(author: number(), body: body())
        if Bool.random(using: &generator) {
            entry.proposal = ProposalID(
                milliseconds: WallTime(milliseconds: Int64(number() >> 16)),
                random: (number(), number())
            )
        }
        return entry
    }

    /// Every body comes by its number, filled by the walk that writes and reads it.
    private mutating func body() -> EntryBody {
        let numbers: [UInt64] =
            Array(16...18) + Array(24...31) + Array(40...47) + Array(56...59)
            + Array(72...76) + [99]
        let number = numbers.randomElement(using: &generator) ?? 99
        guard let empty = try? EntryBody(number: number, [], 0..<0) else {
            preconditionFailure("a body of defaults is no bytes")
        }
        return switch empty {
        case .said(let body): .said(filled(body))
        case .reaction(let body): .reaction(filled(body))
        case .redacted(let body): .redacted(filled(body))
        case .roomMade(let body): .roomMade(filled(body))
        case .roomRegistered(let body): .roomRegistered(filled(body))
        case .roomRenamed(let body): .roomRenamed(filled(body))
        case .topic(let body): .topic(filled(body))
        case .modes(let body): .modes(filled(body))
        case .list(let body): .list(filled(body))
        case .role(let body): .role(filled(body))
        case .retention(let body): .retention(filled(body))
        case .arrived(let body): .arrived(filled(body))
        case .left(let body): .left(filled(body))
        case .joined(let body): .joined(filled(body))
        case .parted(let body): .parted(filled(body))
        case .kicked(let body): .kicked(filled(body))
        case .invited(let body): .invited(filled(body))
        case .nick(let body): .nick(filled(body))
        case .away(let body): .away(filled(body))
        case .accountVerifier(let body): .accountVerifier(filled(body))
        case .accountSetting(let body): .accountSetting(filled(body))
        case .readMarker(let body): .readMarker(filled(body))
        case .accountStatus(let body): .accountStatus(filled(body))
        case .began(let body): .began(filled(body))
        case .lost(let body): .lost(filled(body))
        case .roll(let body): .roll(filled(body))
        case .networkBan(let body): .networkBan(filled(body))
        case .networkNotice(let body): .networkNotice(filled(body))
        case .unknown: .unknown(number: number, bytes: Array(text(20).utf8))
        }
    }

    private mutating func filled<Body: LogMessage>(_ body: Body) -> Body {
        var body = body
        var filler = Filler(source: self)
        do {
            try body.walk(&filler)
        } catch {
            preconditionFailure("filling never fails: \(error)")
        }
        self = filler.source
        return body
    }

    // MARK: Values

    mutating func number() -> UInt64 {
        UInt64.random(in: .min ... .max, using: &generator)
            >> UInt64.random(in: 0..<64, using: &generator)
    }

    mutating func offset() -> LogOffset {
        LogOffset(number() >> 1) ?? .zero
    }

    mutating func text(_ limit: Int) -> String {
        let letters: [Character] = ["a", "Z", "#", " ", "\n", "é", "e\u{301}", "漢", "🙂", "\u{0}"]
        let text = (0..<Int.random(in: 0...8, using: &generator)).map { _ in
            letters.randomElement(using: &generator) ?? "a"
        }
        return String(String(text).prefix(limit))
    }

    mutating func flip() -> Bool { Bool.random(using: &generator) }
}

/// Fills fields at random, by the walk that writes and reads them.
private struct Filler: FieldCodec {
    var source: RandomRecords

    mutating func number(_ field: UInt64, _ value: inout UInt64) {
        // Half of what numbers mean are offsets, which have 63 bits.
        value = source.number() >> 1
    }

    mutating func text(_ field: UInt64, _ value: inout String, limit: Int) {
        value = source.text(limit)
    }

    mutating func text(_ field: UInt64, _ value: inout String?, limit: Int) {
        value = source.flip() ? source.text(limit) : nil
    }

    mutating func bytes(_ field: UInt64, _ value: inout [UInt8]?, limit: Int) {
        value = source.flip() ? Array(source.text(limit).utf8) : nil
    }

    mutating func message<Value: LogMessage>(
        _ field: UInt64,
        _ value: inout Value?
    ) throws(LogFormatError) {
        guard value != nil || source.flip() else { return }
        var filled = value ?? Value()
        try filled.walk(&self)
        value = filled
    }

    mutating func messages<Value: LogMessage>(
        _ field: UInt64,
        _ values: inout [Value],
        limit: Int
    ) throws(LogFormatError) {
        values = []
        while source.flip() {
            var value = Value()
            try value.walk(&self)
            values.append(value)
        }
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): a seed repeats a test.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}

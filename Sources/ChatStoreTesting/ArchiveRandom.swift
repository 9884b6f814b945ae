internal import ChatCore
internal import ChatStore

/// What is done to an archive, and asked of it, at random.
struct ArchiveRandom {
    var generator: SplitMix

    init(seed: UInt64) {
        generator = SplitMix(state: seed)
    }

    // MARK: Changes

    /// A change that may follow what a model has.
    mutating func change(after model: MemoryArchive) -> ArchiveChange {
        let last = model.last()
        let number = last.map { $0.number + 1 } ?? UInt64.random(in: 1...9, using: &generator)
        let entries = (0..<below(6)).map { _ in entry() }
        var change = ArchiveChange(
            number: number,
            record: LogRecord(
                node: pick(["a", "b"]),
                epoch: LogOffset(UInt64(below(5))) ?? .zero,
                sequence: number,
                time: WallTime(
                    milliseconds: (last?.time.milliseconds ?? 1_000) + Int64(below(3) * below(500))
                ),
                entries: entries
            )
        )
        for index in entries.indices where below(5) > 0 {
            change.entries.append(.init(index: index, place: place()))
        }
        change.rows = (0..<below(3)).map { _ in
            StateRow(
                kind: UInt8(below(3)),
                key: [UInt8(below(4)), 0],
                value: below(3) == 0 ? nil : Array(words().utf8)
            )
        }
        switch below(12) {
        case 0: change.places = [.ended(place())]
        case 1: change.places = [.renamed(place(), to: place())]
        default: break
        }
        if below(4) == 0 { change.redacted = [offset(model)] }
        return change
    }

    mutating func retention(_ model: MemoryArchive) -> Retention {
        let now = model.last()?.time.milliseconds ?? 0
        switch below(3) {
        case 0: return .ended
        case 1:
            return Retention(
                place: place(),
                before: WallTime(milliseconds: now - Int64(below(2_000)))
            )
        default: return Retention(place: place(), size: below(2_000))
        }
    }

    private mutating func entry() -> LogEntry {
        let body: EntryBody
        switch below(6) {
        case 0:
            var joined = MemberJoined()
            joined.room = "#a"
            body = .joined(joined)
        case 1: body = .unknown(number: 99, bytes: Array(words().utf8))
        default:
            var said = MessageSaid()
            said.text = words()
            said.by = Signature(nick: pick(["ada", "bob"]))
            body = .said(said)
        }
        var entry = LogEntry(author: UInt64(below(9)), body: body)
        if below(2) == 0 {
            entry.proposal = ProposalID(
                milliseconds: WallTime(milliseconds: Int64(below(1 << 30))),
                random: (generator.next(), generator.next())
            )
        }
        return entry
    }

    // MARK: Questions

    mutating func page(_ model: MemoryArchive) -> PageQuery {
        let now = model.last()?.time.milliseconds ?? 0
        let time = WallTime(milliseconds: now - Int64(below(3_000)) + 1)
        let anchor: PageQuery.Anchor =
            switch below(6) {
            case 0: .newest
            case 1: .before(offset(model))
            case 2: .after(offset(model))
            case 3: .beforeTime(time)
            case 4: .fromTime(time)
            default: .around(offset(model))
            }
        return PageQuery(place: place(), anchor: anchor, limit: below(12))
    }

    mutating func search(_ model: MemoryArchive) -> SearchQuery {
        let text: String =
            switch below(4) {
            case 0:
                words() + pick(["*", " OR ", "\"", " NEAR/2 ", ":", "()", "-", "'", "^"]) + words()
            case 1: pick(Self.vocabulary).uppercased()
            default: pick(Self.vocabulary)
            }
        return SearchQuery(
            text,
            in: (0..<below(4)).map { _ in place() },
            before: below(2) == 0 ? offset(model) : nil,
            limit: below(9)
        )
    }

    mutating func offset(_ model: MemoryArchive) -> LogOffset {
        let record = UInt64.random(in: 0...(model.last()?.number ?? 0), using: &generator)
        return LogOffset(record: record, place: below(6)) ?? .zero
    }

    // MARK: Values

    private static let vocabulary = [
        "tea", "milk", "sugar", "OR", "NOT", "near", "p1", "漢字", "über", "été", "42",
    ]

    private mutating func words() -> String {
        (0..<below(5)).map { _ in pick(Self.vocabulary) }
            .joined(separator: pick([" ", "\n", ", ", "\"", "*", "-"]))
    }

    private mutating func place() -> PlaceKey { PlaceKey(pick(["#a", "#b", "#c", "\u{0}d"])) }

    private mutating func below(_ limit: Int) -> Int {
        Int.random(in: 0..<limit, using: &generator)
    }

    private mutating func pick(_ choices: [String]) -> String { choices[below(choices.count)] }
}

/// SplitMix64 (Steele, Lea, Flood 2014).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}

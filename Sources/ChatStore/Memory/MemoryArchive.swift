public import ChatCore
internal import Synchronization

/// An archive that is gone with its process: for tests, and for a chat that is to keep nothing.
public final class MemoryArchive: ChatArchive {
    private struct Stored {
        let entry: ArchivedEntry
        let place: Int?
        let size: Int
    }

    private struct State {
        var heads: [UInt64: LogRecord] = [:]
        var last: RecordMark?
        /// In order of their offsets.
        var entries: [Stored] = []
        var rows: [RowKey: [UInt8]] = [:]
        var places: [PlaceKey: Int] = [:]
        var placeCount = 0
    }

    private struct RowKey: Hashable, Comparable {
        let kind: UInt8
        let key: [UInt8]

        static func < (a: RowKey, b: RowKey) -> Bool {
            a.kind == b.kind ? a.key.lexicographicallyPrecedes(b.key) : a.kind < b.kind
        }
    }

    /// Which log.
    public let id: LogID
    private let state = Mutex(State())

    /// An empty archive.
    public init(id: LogID) {
        self.id = id
    }

    /// See ``ChatArchive/last()``.
    public func last() -> RecordMark? { state.withLock(\.last) }

    /// See ``ChatArchive/store(_:)``.
    public func store(_ change: ArchiveChange) throws(ChatStoreError) {
        let sizes = try ArchiveRules.check(change).map(\.count)
        try state.withLock { state throws(ChatStoreError) in
            try ArchiveRules.checkOrder(change, after: state.last)
            for place in change.places { Self.apply(place, &state) }
            let filings = Dictionary(
                change.entries.map { ($0.index, $0) },
                uniquingKeysWith: { first, _ in first }
            )
            for (index, entry) in change.record.entries.enumerated() {
                guard let offset = LogOffset(record: change.number, place: index) else { continue }
                let filing = filings[index]
                state.entries.append(
                    Stored(
                        entry: ArchivedEntry(
                            offset: offset,
                            time: change.record.time,
                            epoch: change.record.epoch,
                            entry: entry
                        ),
                        place: filing.map { Self.number(of: $0.place, &state) },
                        size: sizes[index]
                    )
                )
            }
            for row in change.rows {
                state.rows[RowKey(kind: row.kind, key: row.key)] = row.value
            }
            for offset in change.redacted { Self.redact(offset, &state) }
            var head = change.record
            head.entries = []
            state.heads[change.number] = head
            state.last = RecordMark(number: change.number, time: change.record.time)
        }
    }

    /// See ``ChatArchive/rows()``.
    public func rows() -> [StateRow] {
        state.withLock { state in
            state.rows.sorted { $0.key < $1.key }
                .map { StateRow(kind: $0.key.kind, key: $0.key.key, value: $0.value) }
        }
    }

    /// See ``ChatArchive/records(from:limit:)``.
    public func records(from number: UInt64, limit: Int) -> [ArchivedRecord] {
        state.withLock { state in
            var records: [ArchivedRecord] = []
            var position = Self.position(of: LogOffset(record: number, place: 0), state)
            while position < state.entries.count, records.count < limit {
                let record = state.entries[position].entry.offset.record
                let end =
                    state.entries[position...].firstIndex { $0.entry.offset.record != record }
                    ?? state.entries.count
                if let head = state.heads[record] {
                    records.append(
                        ArchivedRecord(
                            number: record,
                            head: head,
                            entries: state.entries[position..<end].map(\.entry)
                        )
                    )
                }
                position = end
            }
            return records
        }
    }

    /// See ``ChatArchive/entry(at:)``.
    public func entry(at offset: LogOffset) -> ArchivedEntry? {
        state.withLock { state in
            let position = Self.position(of: offset, state)
            guard position < state.entries.count,
                state.entries[position].entry.offset == offset
            else { return nil }
            return state.entries[position].entry
        }
    }

    /// See ``ChatArchive/page(_:)``.
    public func page(_ query: PageQuery) -> [ArchivedEntry] {
        state.withLock { state in
            guard let place = state.places[query.place], query.limit > 0 else { return [] }
            let all = state.entries.lazy.filter { $0.place == place }.map(\.entry)
            func newest(_ takes: (ArchivedEntry) -> Bool, _ limit: Int) -> [ArchivedEntry] {
                Array(all.filter(takes).suffix(limit))
            }
            func oldest(_ takes: (ArchivedEntry) -> Bool, _ limit: Int) -> [ArchivedEntry] {
                Array(all.filter(takes).prefix(limit))
            }
            return switch query.anchor {
            case .newest: newest({ _ in true }, query.limit)
            case .before(let offset): newest({ $0.offset < offset }, query.limit)
            case .after(let offset): oldest({ $0.offset > offset }, query.limit)
            case .beforeTime(let time): newest({ $0.time < time }, query.limit)
            case .fromTime(let time): oldest({ $0.time >= time }, query.limit)
            case .around(let offset):
                newest({ $0.offset <= offset }, query.limit - query.limit / 2)
                    + oldest({ $0.offset > offset }, query.limit / 2)
            }
        }
    }

    /// See ``ChatArchive/search(_:)``.
    public func search(_ query: SearchQuery) -> [ArchivedEntry] {
        let words = query.words.map { $0.lowercased() }
        guard !words.isEmpty, query.limit > 0 else { return [] }
        return state.withLock { state in
            let places = Set(query.places.compactMap { state.places[$0] })
            var found: [ArchivedEntry] = []
            for stored in state.entries.reversed() {
                guard let place = stored.place, places.contains(place),
                    let text = stored.entry.entry.searchedText,
                    query.before.map({ stored.entry.offset < $0 }) ?? true
                else { continue }
                let there = Set(SearchQuery.words(of: text).map { $0.lowercased() })
                guard words.allSatisfy(there.contains) else { continue }
                found.append(stored.entry)
                if found.count == query.limit { break }
            }
            return found
        }
    }

    /// See ``ChatArchive/retain(_:limit:)``.
    public func retain(_ retention: Retention, limit: Int) -> Int {
        state.withLock { state in
            let live = Set(state.places.values)
            let place = retention.place.flatMap { state.places[$0] }
            guard retention.place == nil || place != nil else { return 0 }
            var kept = 0
            var gone: Set<LogOffset> = []
            for stored in state.entries.reversed() {
                guard let own = stored.place else { continue }
                if let place {
                    guard own == place else { continue }
                    kept += stored.size
                    let isOver =
                        stored.entry.time < retention.before
                        || retention.size.map { kept > $0 } ?? false
                    if isOver { gone.insert(stored.entry.offset) }
                } else if !live.contains(own) {
                    gone.insert(stored.entry.offset)
                }
            }
            let now = Set(gone.sorted().prefix(max(0, limit)))
            state.entries.removeAll { now.contains($0.entry.offset) }
            return now.count
        }
    }

    // MARK: Helpers

    private static func number(of place: PlaceKey, _ state: inout State) -> Int {
        if let number = state.places[place] { return number }
        state.placeCount += 1
        state.places[place] = state.placeCount
        return state.placeCount
    }

    private static func apply(_ change: PlaceChange, _ state: inout State) {
        switch change {
        case .ended(let place): state.places[place] = nil
        case .renamed(let old, let new):
            guard old != new, let number = state.places.removeValue(forKey: old) else { return }
            state.places[new] = number
        }
    }

    private static func redact(_ offset: LogOffset, _ state: inout State) {
        let position = position(of: offset, state)
        guard position < state.entries.count, state.entries[position].entry.offset == offset
        else { return }
        let stored = state.entries[position]
        state.entries[position] = Stored(
            entry: ArchivedEntry(
                offset: offset,
                time: stored.entry.time,
                epoch: stored.entry.epoch,
                entry: stored.entry.entry.redacted
            ),
            place: stored.place,
            size: (try? stored.entry.entry.redacted.encoded().count) ?? 0
        )
    }

    /// Where the first entry from an offset on stands.
    private static func position(of offset: LogOffset?, _ state: State) -> Int {
        guard let offset else { return state.entries.count }
        var (low, high) = (0, state.entries.count)
        while low < high {
            let middle = (low + high) / 2
            if state.entries[middle].entry.offset < offset {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }
}

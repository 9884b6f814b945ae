public import ChatCore
internal import Foundation
internal import GRDB

extension SQLiteArchive {
    /// See ``ChatArchive/records(from:limit:)``.
    public func records(
        from first: UInt64,
        limit: Int
    ) throws(ChatStoreError) -> [ArchivedRecord] {
        guard let start = LogOffset(record: first, place: 0), limit > 0 else { return [] }
        return try read { database in
            var records: [ArchivedRecord] = []
            var (head, entries): ((number: UInt64, record: LogRecord)?, [ArchivedEntry]) = (nil, [])
            func finish() {
                guard let found = head else { return }
                records.append(
                    ArchivedRecord(number: found.number, head: found.record, entries: entries)
                )
            }
            // From the entries, so that records without any are passed over however many they are.
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT offset, entry.time, epoch, bytes, head, number
                    FROM entry JOIN record ON number = offset / \(LogOffset.placeLimit)
                    WHERE offset >= ? ORDER BY offset
                    """,
                arguments: [Int64(start.rawValue)]
            )
            while let row = try rows.next() {
                let record = try row.number(5)
                if head?.number != record {
                    finish()
                    head = nil
                    guard records.count < limit else { break }
                    head = (record, try LogRecord(bytes: row.bytes(4)))
                    entries = []
                }
                entries.append(try Self.entry(row))
            }
            finish()
            return records
        }
    }

    /// See ``ChatArchive/entry(at:)``.
    public func entry(at offset: LogOffset) throws(ChatStoreError) -> ArchivedEntry? {
        try read { database in
            try Row.fetchOne(
                database,
                sql: Self.select + "WHERE offset = ?",
                arguments: [Int64(offset.rawValue)]
            )
            .map(Self.entry)
        }
    }

    /// See ``ChatArchive/page(_:)``.
    public func page(_ query: PageQuery) throws(ChatStoreError) -> [ArchivedEntry] {
        guard query.limit > 0 else { return [] }
        return try read { database in
            guard let place = try Places.id(of: query.place, database) else { return [] }
            func newest(_ condition: String, _ value: Int64, _ limit: Int) throws -> [ArchivedEntry]
            {
                try Self.entries(database, place, condition, value, "DESC", limit).reversed()
            }
            func oldest(_ condition: String, _ value: Int64, _ limit: Int) throws -> [ArchivedEntry]
            {
                try Self.entries(database, place, condition, value, "ASC", limit)
            }
            switch query.anchor {
            case .newest: return try newest("offset > ?", -1, query.limit)
            case .before(let offset):
                return try newest("offset < ?", Int64(offset.rawValue), query.limit)
            case .after(let offset):
                return try oldest("offset > ?", Int64(offset.rawValue), query.limit)
            case .beforeTime(let time):
                return try newest("offset < ?", try Self.start(time, database), query.limit)
            case .fromTime(let time):
                return try oldest("offset >= ?", try Self.start(time, database), query.limit)
            case .around(let offset):
                let half = query.limit / 2
                let number = Int64(offset.rawValue)
                return try newest("offset <= ?", number, query.limit - half)
                    + oldest("offset > ?", number, half)
            }
        }
    }

    /// See ``ChatArchive/search(_:)``.
    public func search(_ query: SearchQuery) throws(ChatStoreError) -> [ArchivedEntry] {
        let words = query.words
        guard !words.isEmpty, query.limit > 0 else { return [] }
        return try read { database in
            let places = try query.places.compactMap { try Places.id(of: $0, database) }
            guard !places.isEmpty else { return [] }
            // Words in quotes are words, whatever they are; a quote in one would be written twice,
            // and none is left in them.
            let match =
                "place : (" + places.map { "\"\(Words.placeWord($0))\"" }.joined(separator: " OR ")
                + ") AND text : (" + words.map { "\"\($0)\"" }.joined(separator: " AND ") + ")"
            return try Row.fetchAll(
                database,
                sql: Self.select + """
                    WHERE offset IN (
                        SELECT rowid FROM words WHERE words MATCH ? AND rowid < ?
                        ORDER BY rowid DESC LIMIT ?
                    ) ORDER BY offset DESC
                    """,
                arguments: [
                    match, query.before.map { Int64($0.rawValue) } ?? Int64.max,
                    Int64(query.limit),
                ]
            )
            .map(Self.entry)
        }
    }

    // MARK: Helpers

    private static let select = """
        SELECT offset, entry.time, epoch, bytes
        FROM entry JOIN record ON number = offset / \(LogOffset.placeLimit)

        """

    private static func entry(_ row: Row) throws -> ArchivedEntry {
        ArchivedEntry(
            offset: try row.offset(0),
            time: try row.time(1),
            epoch: try row.offset(2),
            entry: try LogEntry(bytes: row.bytes(3))
        )
    }

    private static func entries(
        _ database: Database,
        _ place: Int64,
        _ condition: String,
        _ value: Int64,
        _ order: String,
        _ limit: Int
    ) throws -> [ArchivedEntry] {
        try Row.fetchAll(
            database.cachedStatement(
                sql: select + "WHERE place = ? AND \(condition) ORDER BY offset \(order) LIMIT ?"
            ),
            arguments: [place, value, Int64(limit)]
        )
        .map(entry)
    }

    /// The first offset that can be of a moment or later: times never go back, so records are in the
    /// order of both.
    private static func start(_ time: WallTime, _ database: Database) throws -> Int64 {
        let last = try Int64.fetchOne(database, sql: "SELECT max(number) FROM record") ?? 0
        var (low, high) = (Int64(0), last + 1)
        let find = try database.cachedStatement(
            sql: "SELECT number, time FROM record WHERE number >= ? ORDER BY number LIMIT 1"
        )
        while low < high {
            let middle = low + (high - low) / 2
            if let mark = try Row.fetchOne(find, arguments: [middle]).map(RecordMark.init(row:)),
                mark.time < time
            {
                low = Int64(mark.number) + 1
            } else {
                high = middle
            }
        }
        return low * Int64(LogOffset.placeLimit)
    }
}

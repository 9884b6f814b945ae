internal import ChatCore
internal import Foundation
internal import GRDB

extension SQLiteArchive {
    /// See ``ChatArchive/store(_:)``.
    public func store(_ change: ArchiveChange) throws(ChatStoreError) {
        let entries = try ArchiveRules.check(change)
        try write { database in
            let last = try Row.fetchOne(
                database,
                sql: "SELECT number, time FROM record ORDER BY number DESC LIMIT 1"
            )
            .map(RecordMark.init(row:))
            try ArchiveRules.checkOrder(change, after: last)
            for place in change.places { try Places.apply(place, database) }
            try storeHead(change, database)
            try storeEntries(change, entries, database)
            try storeRows(change.rows, database)
            for offset in change.redacted { try Words.redact(offset, database) }
        }
    }

    private func storeHead(_ change: ArchiveChange, _ database: Database) throws {
        var head = change.record
        head.entries = []
        let statement = try database.cachedStatement(
            sql: "INSERT INTO record(number, time, epoch, head) VALUES (?, ?, ?, ?)"
        )
        try statement.execute(arguments: [
            Int64(change.number), head.time.milliseconds, Int64(head.epoch.rawValue),
            Data(try head.encoded()),
        ])
    }

    private func storeEntries(
        _ change: ArchiveChange,
        _ encoded: [[UInt8]],
        _ database: Database
    ) throws {
        let filings = Dictionary(
            change.entries.map { ($0.index, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        let insert = try database.cachedStatement(
            sql: "INSERT INTO entry(offset, place, time, bytes) VALUES (?, ?, ?, ?)"
        )
        for (index, entry) in change.record.entries.enumerated() {
            guard let offset = LogOffset(record: change.number, place: index) else { continue }
            let filing = filings[index]
            let place = try filing.map { try Places.id(of: $0.place, making: true, database) ?? 0 }
            try insert.execute(arguments: [
                Int64(offset.rawValue), place, change.record.time.milliseconds,
                Data(encoded[index]),
            ])
            if let place, let text = entry.searchedText {
                try Words.add(text, offset, place: place, database)
            }
        }
    }

    private func storeRows(_ rows: [StateRow], _ database: Database) throws {
        let put = try database.cachedStatement(
            sql: "INSERT OR REPLACE INTO state(kind, key, value) VALUES (?, ?, ?)"
        )
        let remove = try database.cachedStatement(
            sql: "DELETE FROM state WHERE kind = ? AND key = ?"
        )
        for row in rows {
            if let value = row.value {
                try put.execute(arguments: [Int64(row.kind), Data(row.key), Data(value)])
            } else {
                try remove.execute(arguments: [Int64(row.kind), Data(row.key)])
            }
        }
    }
}

/// Places by their numbers in the file.
enum Places {
    /// The number of a place; nil if nothing was ever filed there.
    static func id(
        of place: PlaceKey,
        making isMade: Bool = false,
        _ database: Database
    ) throws -> Int64? {
        let find = try database.cachedStatement(sql: "SELECT id FROM place WHERE key = ?")
        let key = Data(place.bytes)
        if let id = try Int64.fetchOne(find, arguments: [key]) { return id }
        guard isMade else { return nil }
        try database.cachedStatement(sql: "INSERT INTO place(key) VALUES (?)")
            .execute(arguments: [key])
        return database.lastInsertedRowID
    }

    static func apply(_ change: PlaceChange, _ database: Database) throws {
        switch change {
        case .ended(let place):
            // Its entries stay until a sweep takes them, found by the place that has no name.
            try database.execute(
                sql: "UPDATE place SET key = NULL WHERE key = ?",
                arguments: [Data(place.bytes)]
            )
        case .renamed(let old, let new):
            guard old != new, try id(of: old, database) != nil else { return }
            // Whatever was called so is over.
            try apply(.ended(new), database)
            try database.execute(
                sql: "UPDATE place SET key = ? WHERE key = ?",
                arguments: [Data(new.bytes), Data(old.bytes)]
            )
        }
    }
}

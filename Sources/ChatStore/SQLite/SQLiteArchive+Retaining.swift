internal import ChatCore
internal import Foundation
internal import GRDB

extension SQLiteArchive {
    /// See ``ChatArchive/retain(_:limit:)``.
    public func retain(_ retention: Retention, limit: Int) throws(ChatStoreError) -> Int {
        guard limit > 0 else { return 0 }
        return try write { database in
            let rows: [Row]
            if let key = retention.place {
                guard let place = try Places.id(of: key, database) else { return 0 }
                rows = try Self.over(place, retention, limit, database)
            } else {
                rows = try Row.fetchAll(
                    database,
                    sql: """
                        SELECT offset, place, bytes FROM entry
                        JOIN place ON place.id = entry.place WHERE key IS NULL
                        ORDER BY place, offset LIMIT ?
                        """,
                    arguments: [Int64(limit)]
                )
            }
            for row in rows { try Self.remove(row, database) }
            if retention.place == nil, rows.count < limit {
                try database.execute(sql: "DELETE FROM place WHERE key IS NULL")
            }
            try Self.removeEmptyRecords(rows, database)
            return rows.count
        }
    }

    /// The oldest entries of a place that are over its time, or beyond its size.
    private static func over(
        _ place: Int64,
        _ retention: Retention,
        _ limit: Int,
        _ database: Database
    ) throws -> [Row] {
        var end =
            try Int64.fetchOne(
                database,
                sql: """
                    SELECT max(offset) FROM entry WHERE place = ? AND time < ?
                    """,
                arguments: [place, retention.before.milliseconds]
            ) ?? -1
        if let size = retention.size {
            let sums = try Row.fetchOne(
                database,
                sql: """
                    SELECT offset FROM (
                        SELECT offset, sum(length(bytes)) OVER (ORDER BY offset DESC) AS kept
                        FROM entry WHERE place = ?
                    ) WHERE kept > ? ORDER BY offset DESC LIMIT 1
                    """,
                arguments: [place, Int64(size)]
            )
            if let sums { end = max(end, try sums.value(0)) }
        }
        return try Row.fetchAll(
            database,
            sql: """
                SELECT offset, place, bytes FROM entry WHERE place = ? AND offset <= ?
                ORDER BY offset LIMIT ?
                """,
            arguments: [place, end, Int64(limit)]
        )
    }

    private static func remove(_ row: Row, _ database: Database) throws {
        let entry = try LogEntry(bytes: row.bytes(2))
        let offset: Int64 = try row.value(0)
        if let text = entry.searchedText {
            try Words.remove(text, offset, place: try row.value(1), database)
        }
        try database.cachedStatement(sql: "DELETE FROM entry WHERE offset = ?")
            .execute(arguments: [offset])
    }

    /// A record without entries says nothing; the last one stays, as it says what comes next.
    private static func removeEmptyRecords(_ rows: [Row], _ database: Database) throws {
        let places = Int64(LogOffset.placeLimit)
        for number in Set(try rows.map { try $0.value(0) / places }) {
            try database.cachedStatement(
                sql: """
                    DELETE FROM record WHERE number = ?1 AND number < (SELECT max(number) FROM record)
                    AND NOT EXISTS (SELECT 1 FROM entry WHERE offset >= ?2 AND offset < ?3)
                    """
            )
            .execute(arguments: [number, number * places, (number + 1) * places])
        }
    }
}

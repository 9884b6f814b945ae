internal import ChatCore
internal import Foundation
internal import GRDB

/// The index of words.
///
/// The index keeps no text of its own, so a line is taken out of it by the very text that was put in:
/// that of the entry's message.
enum Words {
    static func add(
        _ text: String,
        _ offset: LogOffset,
        place: Int64,
        _ database: Database
    ) throws {
        try database.cachedStatement(
            sql: "INSERT INTO words(rowid, text, place) VALUES (?, ?, ?)"
        )
        .execute(arguments: [Int64(offset.rawValue), text, placeWord(place)])
    }

    static func remove(
        _ text: String,
        _ offset: Int64,
        place: Int64,
        _ database: Database
    ) throws {
        try database.cachedStatement(
            sql: "INSERT INTO words(words, rowid, text, place) VALUES ('delete', ?, ?, ?)"
        )
        .execute(arguments: [offset, text, placeWord(place)])
    }

    /// A word no other place has.
    static func placeWord(_ place: Int64) -> String { "p\(place)" }

    /// Takes the words of a message out of its entry and out of the index.
    static func redact(_ offset: LogOffset, _ database: Database) throws {
        guard
            let row = try Row.fetchOne(
                database,
                sql: "SELECT place, bytes FROM entry WHERE offset = ?",
                arguments: [Int64(offset.rawValue)]
            )
        else { return }
        let entry = try LogEntry(bytes: row.bytes(1))
        let place = Int64.fromDatabaseValue(row[0] as DatabaseValue)
        if let place, let text = entry.searchedText {
            try remove(text, Int64(offset.rawValue), place: place, database)
        }
        try database.execute(
            sql: "UPDATE entry SET bytes = ? WHERE offset = ?",
            arguments: [Data(try entry.redacted.encoded()), Int64(offset.rawValue)]
        )
    }
}

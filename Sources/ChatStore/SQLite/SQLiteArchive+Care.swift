internal import ChatCore
internal import Foundation
internal import GRDB

extension SQLiteArchive {
    /// Copies the archive as it is now into a new file, while it is used.
    ///
    /// The copy is a whole archive of the same log.
    ///
    /// - Parameter target: a file that is not there yet.
    /// - Throws: ``ChatStoreError``; a file that was begun stays then.
    public func backUp(to target: String) throws(ChatStoreError) {
        try Opening.makeNew(target)
        try StoreErrors.translate(target) {
            var configuration = Opening.configuration()
            configuration.busyMode = .immediateError
            let copy = try DatabaseQueue(path: target, configuration: configuration)
            try pool.backup(to: copy)
            try copy.close()
        }
    }

    /// Closes the file, when no call is under way any more; later calls throw.
    ///
    /// What is not closed is closed when nobody has it any more.
    public func close() throws(ChatStoreError) {
        try StoreErrors.translate(path) { try pool.close() }
        lock?.release()
    }

    /// Makes the file as small as it can be, and overwrites what is left in it of words that were redacted
    /// or let go: until then they are no longer found, but stand in the file.
    ///
    /// It takes as long as copying the file; backups that were made before keep what they have.
    public func compact() throws(ChatStoreError) {
        guard lock != nil else {
            throw ChatStoreError(.readOnly, "\(path) was opened for reading")
        }
        try StoreErrors.translate(path) {
            try pool.writeWithoutTransaction { database in
                try database.execute(
                    sql: "INSERT INTO words(words) VALUES ('optimize'); VACUUM"
                )
                _ = try Row.fetchAll(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
            }
        }
    }

    /// Looks at all of the file: whether its pages are sound, and its tables agree.
    ///
    /// - Returns: what is wrong, in words; empty if it is whole.
    public func problems() throws(ChatStoreError) -> [String] {
        try read { database in
            var found = try String.fetchAll(database, sql: "PRAGMA integrity_check(100)")
            if found == ["ok"] { found = [] }
            found += try Self.orphans(database)
            found += try Self.unreadable(database)
            return found
        }
    }

    private static func orphans(_ database: Database) throws -> [String] {
        var found: [String] = []
        let lone = try Int.fetchOne(
            database,
            sql: """
                SELECT count(*) FROM entry WHERE NOT EXISTS (
                    SELECT 1 FROM record WHERE number = offset / \(LogOffset.placeLimit))
                """
        )
        if let lone, lone > 0 { found.append("\(lone) entries have no record") }
        let back = try Int.fetchOne(
            database,
            sql: """
                SELECT count(*) FROM (
                    SELECT time < lag(time) OVER (ORDER BY number) AS back FROM record
                ) WHERE back
                """
        )
        if let back, back > 0 { found.append("time goes back in \(back) records") }
        return found
    }

    private static func unreadable(_ database: Database) throws -> [String] {
        var found: [String] = []
        let rows = try Row.fetchCursor(database, sql: "SELECT offset, bytes FROM entry")
        while let row = try rows.next(), found.count < 100 {
            let offset: Int64 = try row.value(0)
            do {
                _ = try LogEntry(bytes: row.bytes(1))
            } catch {
                found.append("the entry at \(offset) cannot be read: \(error)")
            }
        }
        return found
    }
}

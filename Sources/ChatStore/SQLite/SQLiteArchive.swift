public import ChatCore
internal import Foundation
internal import GRDB

/// An archive in one file of SQLite, written ahead (WAL) and with every commit on the disk before it
/// counts (`synchronous=FULL`).
///
/// ```swift
/// let archive = try SQLiteArchive.open("/var/lib/chat/chat.db", newLog: LogID(.random(in: 0 ... .max)))
/// ```
///
/// One process at a time has it for writing; any number may read it meanwhile.
public final class SQLiteArchive: ChatArchive {
    /// Which log.
    public let id: LogID
    let path: String
    let pool: DatabasePool
    /// Kept while the archive is.
    let lock: StoreLock?

    /// Opens an archive, or makes it where there is no file.
    ///
    /// - Parameters:
    ///   - path: the file; the folder it is in must be there.
    ///   - newLog: what a new log is called: a random number.
    /// - Returns: the archive, open for writing.
    /// - Throws: ``ChatStoreError``; the file is as it was then.
    public static func open(
        _ path: String,
        newLog: LogID
    ) throws(ChatStoreError) -> SQLiteArchive {
        let lock = try StoreLock(path + ".lock")
        try Opening.prepare(path)
        return try StoreErrors.translate(path) {
            let pool = try DatabasePool(path: path, configuration: Opening.configuration())
            try Opening.prepareWriter(pool)
            let id = try pool.write { database in
                try Opening.check(database, path, newLog: newLog)
            }
            return SQLiteArchive(id: id, path: path, pool: pool, lock: lock)
        }
    }

    /// Opens an archive that is there for reading only: nothing in it is changed, and another process
    /// may be writing to it.
    ///
    /// ``store(_:)`` and ``retain(_:limit:)`` throw ``ChatStoreError/Code/readOnly``.
    public static func read(_ path: String) throws(ChatStoreError) -> SQLiteArchive {
        try Opening.look(path)
        return try StoreErrors.translate(path) {
            var configuration = Opening.configuration()
            configuration.readonly = true
            let pool = try DatabasePool(path: path, configuration: configuration)
            let id = try pool.read { database in try Opening.check(database, path, newLog: nil) }
            return SQLiteArchive(id: id, path: path, pool: pool, lock: nil)
        }
    }

    private init(id: LogID, path: String, pool: DatabasePool, lock: StoreLock?) {
        self.id = id
        self.path = path
        self.pool = pool
        self.lock = lock
    }

    /// See ``ChatArchive/last()``.
    public func last() throws(ChatStoreError) -> RecordMark? {
        try read { database in
            try Row.fetchOne(
                database,
                sql: "SELECT number, time FROM record ORDER BY number DESC LIMIT 1"
            )
            .map(RecordMark.init(row:))
        }
    }

    /// See ``ChatArchive/rows()``.
    public func rows() throws(ChatStoreError) -> [StateRow] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT kind, key, value FROM state ORDER BY kind, key"
            )
            .map { StateRow(kind: try $0.value(0), key: try $0.bytes(1), value: try $0.bytes(2)) }
        }
    }

    /// Reads, with every error in the archive's own words.
    func read<Value>(
        _ body: (Database) throws -> Value
    ) throws(ChatStoreError) -> Value {
        try StoreErrors.translate(path) { try pool.read(body) }
    }

    /// Writes in one transaction: all of it, or nothing.
    func write<Value>(
        _ body: (Database) throws -> Value
    ) throws(ChatStoreError) -> Value {
        guard lock != nil else {
            throw ChatStoreError(.readOnly, "\(path) was opened for reading")
        }
        return try StoreErrors.translate(path) { try pool.write(body) }
    }
}

// MARK: Values in the file

// A subscript of a row traps on a value of another type, which a damaged file can have anywhere.
extension Row {
    /// A column's value.
    func value<Value: DatabaseValueConvertible & StatementColumnConvertible>(
        _ column: Int
    ) throws -> Value {
        try decode(Value.self, atIndex: column)
    }

    /// A column's bytes.
    func bytes(_ column: Int) throws -> [UInt8] { Array(try decode(Data.self, atIndex: column)) }

    /// A column's number, which is never negative in a sound file.
    func number(_ column: Int) throws -> UInt64 {
        let value: Int64 = try value(column)
        guard value >= 0 else { throw ChatStoreError(.damaged, "a number in it is negative") }
        return UInt64(value)
    }

    /// A column's offset.
    func offset(_ column: Int) throws -> LogOffset {
        guard let offset = LogOffset(try number(column)) else {
            throw ChatStoreError(.damaged, "an offset in it is out of range")
        }
        return offset
    }

    /// A column's moment.
    func time(_ column: Int) throws -> WallTime { WallTime(milliseconds: try value(column)) }
}

extension RecordMark {
    /// The mark of a row that begins with number and time.
    init(row: Row) throws {
        self.init(number: try row.number(0), time: try row.time(1))
    }
}

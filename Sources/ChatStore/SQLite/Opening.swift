internal import ChatCore
internal import Foundation
internal import GRDB
internal import Glibc

/// How a file is looked at before anything is written to it.
enum Opening {
    /// Milliseconds that a call waits for a lock of another process, such as a backup.
    ///
    /// Arbitrary: no lock here is held for long.
    private static let busyTimeout: TimeInterval = 5

    /// Readers at a time; more wait.
    ///
    /// A reader is a descriptor and its page cache, 2 MiB.
    private static let readerLimit = 4

    /// KiB of pages that the writer keeps; readers keep SQLite's 2 MiB.
    ///
    /// With as little the index of words would be read again for each commit.
    private static let cacheSize = 65_536

    /// How connections are made.
    static func configuration() -> Configuration {
        var configuration = Configuration()
        configuration.label = "chat"
        configuration.busyMode = .timeout(busyTimeout)
        configuration.maximumReaderCount = readerLimit
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON")
        }
        return configuration
    }

    /// What holds for the one connection that writes.
    ///
    /// Here, and not where connections are made: making the pool sets `synchronous` to NORMAL, with which a
    /// commit is not on the disk when it returns. `secure_delete`: what is taken out is overwritten.
    static func prepareWriter(_ pool: DatabasePool) throws {
        try pool.writeWithoutTransaction { database in
            try database.execute(
                sql: """
                    PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;
                    PRAGMA cache_size = -\(cacheSize)
                    """
            )
        }
    }

    /// Makes an empty file of mode 0600 where there is none, and looks at one that is there.
    static func prepare(_ path: String) throws(ChatStoreError) {
        guard try !make(path) else { return }
        try look(path)
    }

    /// Makes an empty file of mode 0600 where there is none.
    static func makeNew(_ path: String) throws(ChatStoreError) {
        guard try make(path) else {
            throw ChatStoreError(.unavailable, "\(path) is there already, and is left as it is")
        }
    }

    /// False if there is something of that name.
    private static func make(_ path: String) throws(ChatStoreError) -> Bool {
        let descriptor = unsafe Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor < 0 else {
            close(descriptor)
            return true
        }
        guard errno == EEXIST else { throw StoreErrors.system(errno, path) }
        return false
    }

    /// Throws unless a file is ours, without opening it as a database: that would already write.
    static func look(_ path: String) throws(ChatStoreError) {
        let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw StoreErrors.system(errno, path) }
        defer { close(descriptor) }
        var head = [UInt8](repeating: 0, count: 100)
        let count = unsafe head.withUnsafeMutableBytes { buffer in
            unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        }
        guard count >= 0 else { throw StoreErrors.system(errno, path) }
        guard count > 0 else { return }  // made a moment ago, and nothing written yet
        // https://www.sqlite.org/fileformat.html §1.3
        guard count == head.count, head.starts(with: Array("SQLite format 3\0".utf8)) else {
            throw ChatStoreError(.foreign, "\(path) is not a chat's file, and is left as it is")
        }
        let version = head[60..<64].reduce(0) { $0 << 8 | UInt32($1) }
        let application = head[68..<72].reduce(0) { $0 << 8 | UInt32($1) }
        // One page is a database without tables: nobody's, or ours, killed before it had any.
        let pageCount = head[28..<32].reduce(0) { $0 << 8 | UInt32($1) }
        guard
            application == UInt32(bitPattern: Schema.applicationID)
                || application == 0 && pageCount <= 1
        else { throw foreign(path) }
        guard version <= UInt32(Schema.version) else {
            throw ChatStoreError(
                .newer,
                "\(path) was written by a newer version (\(version), and this one knows "
                    + "\(Schema.version)): use that one; nothing was changed"
            )
        }
    }

    /// The log of an open file; makes the tables where there are none.
    static func check(
        _ database: Database,
        _ path: String,
        newLog: LogID?
    ) throws -> LogID {
        let application = try Int32.fetchOne(database, sql: "PRAGMA application_id")
        let isEmpty = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") == 0
        if isEmpty, let newLog {
            try Schema.make(database, id: newLog.rawValue)
            return newLog
        }
        guard application == Schema.applicationID else { throw foreign(path) }
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard version == Schema.version else {
            throw ChatStoreError(.newer, "\(path) has tables of version \(version)")
        }
        let id = try Int64.fetchOne(database, sql: "SELECT value FROM meta WHERE name = 'log'")
        guard let id else { throw ChatStoreError(.damaged, "\(path) does not say which log it is") }
        return LogID(UInt64(bitPattern: id))
    }

    private static func foreign(_ path: String) -> ChatStoreError {
        ChatStoreError(
            .foreign,
            "\(path) is a database of another program, and is left as it is"
        )
    }
}

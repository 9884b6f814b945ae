internal import GRDB

/// The tables of an archive's file, and how older ones become these.
enum Schema {
    /// What the file says it is (`PRAGMA application_id`): the letters `sock`.
    static let applicationID: Int32 = 0x736F_636B

    /// The version of the tables (`PRAGMA user_version`).
    static let version = 1

    /// The tables of version 1.
    ///
    /// An entry is kept by itself, not in its record: a page of a room would else read whole records
    /// of others. `place` is null for what is shown nowhere. `words` has the text a second time as an
    /// index only, which is why taking a line out of it needs the text.
    static let tables = """
        CREATE TABLE meta(name TEXT PRIMARY KEY, value) WITHOUT ROWID;
        CREATE TABLE record(
            number INTEGER PRIMARY KEY, time INTEGER NOT NULL, epoch INTEGER NOT NULL, head BLOB NOT NULL
        );
        CREATE TABLE place(id INTEGER PRIMARY KEY, key BLOB UNIQUE);
        CREATE TABLE entry(
            offset INTEGER PRIMARY KEY, place INTEGER, time INTEGER NOT NULL, bytes BLOB NOT NULL
        );
        CREATE INDEX entry_of_place ON entry(place, offset) WHERE place IS NOT NULL;
        CREATE TABLE state(
            kind INTEGER NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL, PRIMARY KEY(kind, key)
        ) WITHOUT ROWID;
        CREATE VIRTUAL TABLE words USING fts5(
            text, place, content='', columnsize=0, detail=full, tokenize='unicode61 remove_diacritics 2'
        );
        """

    /// Makes the tables in an empty file.
    static func make(_ database: Database, id: UInt64) throws {
        try database.execute(sql: tables)
        try database.execute(
            sql: "INSERT INTO meta VALUES ('log', ?)",
            arguments: [Int64(bitPattern: id)]
        )
        try database.execute(sql: "PRAGMA application_id = \(applicationID)")
        try database.execute(sql: "PRAGMA user_version = \(version)")
    }
}

import ChatCore
import Foundation
import GRDB
import Testing

@testable import ChatStore

/// Files that are not as they should be: said, and left as they are.
@Suite struct FileTests {
    @Test func aNewFileIsItsOwnersAlone() throws {
        try withFolder { folder in
            let path = folder + "/chat.db"
            let archive = try SQLiteArchive.open(path, newLog: LogID(1))
            try archive.store(message("hello", number: 1))
            for name in ["chat.db", "chat.db-wal", "chat.db-shm", "chat.db.lock"] {
                let mode =
                    try FileManager.default.attributesOfItem(atPath: folder + "/" + name)[
                        .posixPermissions
                    ] as? Int
                #expect(mode == 0o600, "\(name)")
            }
        }
    }

    @Test func twoProcessesCannotBothWrite() throws {
        try withFolder { folder in
            let path = folder + "/chat.db"
            let archive = try SQLiteArchive.open(path, newLog: LogID(1))
            let error = #expect(throws: ChatStoreError.self) {
                try SQLiteArchive.open(path, newLog: LogID(2))
            }
            #expect(error?.code == .inUse)
            #expect(error?.message.contains("process \(getpid())") == true)
            try archive.store(message("still mine", number: 1))
            #expect(try SQLiteArchive.read(path).last()?.number == 1)
        }
    }

    @Test(arguments: [
        "", "not a database, but long enough to have a whole header of one hundred bytes in it",
    ])
    func whatIsNotADatabaseIsLeftAlone(text: String) throws {
        try withFolder { folder in
            let path = folder + "/chat.db"
            let bytes = Data((text + "x").utf8)
            try bytes.write(to: URL(fileURLWithPath: path))
            let error = #expect(throws: ChatStoreError.self) {
                try SQLiteArchive.open(path, newLog: LogID(1))
            }
            #expect(error?.code == .foreign)
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes)
            #expect(!FileManager.default.fileExists(atPath: path + "-wal"))
        }
    }

    @Test func theDatabaseOfAnotherProgramIsLeftAlone() throws {
        try withFolder { folder in
            let path = folder + "/chat.db"
            try DatabaseQueue(path: path).write { try $0.execute(sql: "CREATE TABLE theirs(x)") }
            let before = try Data(contentsOf: URL(fileURLWithPath: path))
            let error = #expect(throws: ChatStoreError.self) {
                try SQLiteArchive.open(path, newLog: LogID(1))
            }
            #expect(error?.code == .foreign)
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
        }
    }

    @Test func aFileOfANewerVersionIsLeftAlone() throws {
        try withFolder { folder in
            let path = folder + "/chat.db"
            try SQLiteArchive.open(path, newLog: LogID(1)).close()
            try DatabaseQueue(path: path).write { try $0.execute(sql: "PRAGMA user_version = 2") }
            try DatabaseQueue(path: path).writeWithoutTransaction { database in
                _ = try Row.fetchAll(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
            }
            let before = try Data(contentsOf: URL(fileURLWithPath: path))
            let error = #expect(throws: ChatStoreError.self) {
                try SQLiteArchive.open(path, newLog: LogID(1))
            }
            #expect(error?.code == .newer)
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
        }
    }

    @Test func damageIsFoundAndSaid() throws {
        try withFolder { folder in
            let path = folder + "/chat.db"
            let archive = try SQLiteArchive.open(path, newLog: LogID(1))
            for number in 1...200 as ClosedRange<UInt64> {
                try archive.store(message("hello \(number)", number: number))
            }
            try archive.close()
            let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
            let size = try file.seekToEnd()
            // Every page but the first, which says what the file is.
            for page in stride(from: 4_096, to: size, by: 4_096) {
                try file.seek(toOffset: page)
                try file.write(contentsOf: Data(repeating: 0xA5, count: 64))
            }
            try file.close()
            let error = #expect(throws: ChatStoreError.self) {
                let archive = try SQLiteArchive.open(path, newLog: LogID(1))
                _ = try archive.page(.init(place: PlaceKey("#lobby"), limit: 50))
            }
            #expect(error?.code == .damaged)
            #expect(error?.message.contains(path) == true)
        }
    }

    @Test func aBackupIsAWholeArchiveMadeWhileItIsUsed() throws {
        try withFolder { folder in
            let archive = try SQLiteArchive.open(folder + "/chat.db", newLog: LogID(9))
            for number in 1...50 as ClosedRange<UInt64> {
                try archive.store(message("hello \(number)", number: number))
            }
            try archive.backUp(to: folder + "/copy.db")
            try archive.store(message("later", number: 51))
            #expect(throws: ChatStoreError.self) { try archive.backUp(to: folder + "/copy.db") }
            let copy = try SQLiteArchive.open(folder + "/copy.db", newLog: LogID(1))
            #expect(copy.id == LogID(9))
            #expect(try copy.last()?.number == 50)
            #expect(try copy.problems() == [])
            let all = PageQuery(place: PlaceKey("#lobby"), anchor: .after(.zero), limit: 50)
            #expect(try copy.page(all) == archive.page(all))
        }
    }

    /// What no kill -9 can show: 2 is FULL, with which every commit is on the disk when it returns.
    @Test func commitsAreOnTheDisk() throws {
        try withFolder { folder in
            let archive = try SQLiteArchive.open(folder + "/chat.db", newLog: LogID(1))
            let settings = try archive.pool.writeWithoutTransaction { database in
                try ["synchronous", "secure_delete"].map {
                    try Int.fetchOne(database, sql: "PRAGMA \($0)")
                }
            }
            #expect(settings == [2, 1])
            #expect(
                try archive.pool.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") }
                    == "wal"
            )
        }
    }

    @Test func wordsThatWereRedactedOrLetGoAreNotLeftInTheFile() throws {
        try withFolder { folder in
            let archive = try SQLiteArchive.open(folder + "/chat.db", newLog: LogID(1))
            for number in 1...200 as ClosedRange<UInt64> {
                let word = number == 50 ? "redactedword" : number < 10 ? "oldword" : "keptword"
                try archive.store(message("\(word) \(number)", number: number))
            }
            var change = message("last", number: 201)
            change.redacted = [try #require(LogOffset(record: 50, place: 0))]
            try archive.store(change)
            var retention = Retention(place: PlaceKey("#lobby"))
            retention.size = 20_000
            while try archive.retain(retention, limit: 10) == 10 {}
            for word in ["redactedword", "keptword"] {
                let query = SearchQuery(word, in: [PlaceKey("#lobby")], limit: 5)
                #expect(try archive.search(query).isEmpty == (word == "redactedword"), "\(word)")
            }
            retention.size = 3_000
            while try archive.retain(retention, limit: 10) == 10 {}
            try archive.compact()
            var bytes = Data()
            for name in ["chat.db", "chat.db-wal"] {
                bytes += try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name))
            }
            for word in ["redactedword", "oldword"] {
                #expect(bytes.range(of: Data(word.utf8)) == nil, "\(word)")
            }
            #expect(bytes.range(of: Data("keptword".utf8)) != nil)
            #expect(try archive.problems() == [])
        }
    }

    @Test func whatCouldNeverBeReadIsNotStored() throws {
        try withFolder { folder in
            let archive = try SQLiteArchive.open(folder + "/chat.db", newLog: LogID(1))
            for store in [archive, MemoryArchive(id: LogID(1))] as [any ChatArchive] {
                let long = String(repeating: "x", count: 70_000)
                let error = #expect(throws: ChatStoreError.self) {
                    try store.store(message(long, number: 1))
                }
                #expect(error?.code == .misuse)
                #expect(try store.last() == nil)
            }
        }
    }

    @Test(arguments: [
        "UPDATE record SET time = 'x'",
        "UPDATE entry SET bytes = x'FF'", "UPDATE entry SET time = x'00'",
        "UPDATE state SET kind = 300", "UPDATE record SET epoch = -1",
        "UPDATE record SET head = x'00'",
    ])
    func aValueThatMakesNoSenseIsDamage(statement: String) throws {
        try withFolder { folder in
            let path = folder + "/chat.db"
            let archive = try SQLiteArchive.open(path, newLog: LogID(1))
            var change = message("hello", number: 1)
            change.rows = [StateRow(kind: 1, key: [1], value: [2])]
            try archive.store(change)
            try archive.pool.write { try $0.execute(sql: statement) }
            let error = #expect(throws: ChatStoreError.self, "\(statement)") {
                _ = try archive.last()
                _ = try archive.rows()
                _ = try archive.records(from: 0, limit: 9)
                _ = try archive.page(.init(place: PlaceKey("#lobby"), limit: 9))
            }
            #expect(error?.code == .damaged || error?.code == .unavailable, "\(statement)")
        }
    }

    @Test func aLogOfAMillionYearsHasNumbersThatFit() throws {
        try withFolder { folder in
            let path = folder + "/chat.db"
            let archive = try SQLiteArchive.open(path, newLog: LogID(.max))
            try archive.store(message("first", number: LogOffset.recordLimit))
            #expect(try archive.last()?.number == LogOffset.recordLimit)
            #expect(archive.id == LogID(.max))
            #expect(throws: ChatStoreError.self) {
                try archive.store(message("beyond", number: LogOffset.recordLimit + 1))
            }
        }
    }

    private func message(_ text: String, number: UInt64) -> ArchiveChange {
        var said = MessageSaid()
        said.target = .room("#lobby")
        said.text = text
        var change = ArchiveChange(
            number: number,
            record: LogRecord(
                node: "n",
                epoch: .zero,
                sequence: number,
                time: WallTime(milliseconds: 1_000),
                entries: [LogEntry(author: 1, body: .said(said))]
            )
        )
        change.entries = [.init(index: 0, place: PlaceKey("#lobby"))]
        return change
    }
}

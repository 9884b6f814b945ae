import ChatCore
import ChatStore
import Foundation
import GRDB
import Testing

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

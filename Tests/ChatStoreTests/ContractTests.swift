import ChatCore
import ChatStore
import ChatStoreTesting
import Testing

@Suite struct ContractTests {
    @Test func memoryKeepsThePromises() throws {
        let seed = UInt64.random(in: 0..<1 << 32)
        try checkChatArchive(seed: seed) { MemoryArchive(id: $0) }
    }

    @Test(arguments: 0..<6)
    func sqliteKeepsThePromises(round: Int) throws {
        let seed = UInt64.random(in: 0..<1 << 32)
        try withFolder { folder in
            let path = folder + "/chat.db"
            try checkChatArchive(seed: seed) { id in
                try SQLiteArchive.open(path, newLog: id)
            } reopening: { archive in
                let archive = try #require(archive as? SQLiteArchive)
                #expect(try archive.problems() == [])
                let id = archive.id
                try archive.close()
                return try SQLiteArchive.open(path, newLog: LogID(id.rawValue &+ 1))
            }
        }
    }

    /// An engine that breaks a promise is found.
    @Test(arguments: BrokenArchive.Fault.allCases)
    func aBrokenEngineIsFound(fault: BrokenArchive.Fault) {
        #expect(throws: ArchiveViolation.self, "\(fault)") {
            for seed in 0..<20 as Range<UInt64> {
                try checkChatArchive(seed: seed) { BrokenArchive(id: $0, fault) }
            }
        }
    }
}

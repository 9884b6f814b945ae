import Digests
import Files
import Glibc
import Sessions
import Testing

/// How many unfinished files a folder keeps, and which.
@Suite struct UnfinishedFileTests {
    /// Begins a file of three bytes; returns when the other end has said how much it has.
    private func begin(_ name: UInt8, _ session: Session) async throws -> OutgoingCall {
        let call = try await session.openCall("$put")
        try await call.post([1, name, 3] + SHA256.digest(of: [name, 2, 3]))
        _ = try await call.answers.next()
        return call
    }

    private func parts(_ folder: TemporaryFolder) -> [String] {
        folder.names.filter { $0.hasPrefix(".switchboard-") }
    }

    @Test func thoseThatAreComingCountToo() async throws {
        let there = try TemporaryFolder()
        var folder = try FileFolder(there.path)
        folder.partLimit = 4
        try await SessionBench().serve(folder) { session in
            var calls: [OutgoingCall] = []
            for name in UInt8(ascii: "a")..<UInt8(ascii: "e") {
                calls.append(try await begin(name, session))
            }
            let error = await #expect(throws: SessionError.self) {
                _ = try await begin(UInt8(ascii: "e"), session)
            }
            #expect(error?.code == .overloaded)
            #expect(parts(there).count == 4)
            // One that is complete makes room.
            try await calls[0].post([UInt8(ascii: "a"), 2, 3])
            try calls[0].finish()
            while try await calls[0].answers.next() != nil {}
            calls.append(try await begin(UInt8(ascii: "e"), session))
            #expect(parts(there).count == 4)
        }
    }

    @Test func whatOnlyLooksLikeOneIsLeftAlone() async throws {
        let (here, there) = (try TemporaryFolder(), try TemporaryFolder())
        try here.write([1], to: "x")
        let hash = String(repeating: "0", count: 39)
        let own = ".switchboard-\(hash)1.part"
        let foreign = [
            ".switchboard-film.part", ".switchboard-\(hash).part", ".switchboard-\(hash)G.part",
        ]
        for name in foreign + [own] { try there.write([1], to: name) }
        let folderName = ".switchboard-\(hash)2.part"
        let isMade = unsafe mkdir("\(there.path)/\(folderName)", 0o755) == 0
        #expect(isMade)
        var folder = try FileFolder(there.path)
        folder.partLimit = 1
        try await SessionBench().serve(folder) { session in
            try await session.put(file: "\(here.path)/x", as: "x")
        }
        #expect(there.names == (foreign + [folderName, "x"]).sorted())
    }

    @Test func oneThatIsContinuedTakesNoFurtherPlace() async throws {
        let there = try TemporaryFolder()
        var folder = try FileFolder(there.path)
        folder.partLimit = 2
        try await SessionBench().serve(folder) { session in
            for name in [UInt8(ascii: "a"), UInt8(ascii: "b"), UInt8(ascii: "a")] {
                let call = try await begin(name, session)
                call.reset(.cancelled)
                // Its handler has let go of the file when another call has been answered.
                while true {
                    let isOpen = parts(there).contains { part in
                        let path = BytePath("\(there.path)/\(part)")
                        guard let file = try? OpenFile(path: path) else { return false }
                        return flock(file.number, LOCK_EX | LOCK_NB) != 0
                    }
                    if !isOpen { break }
                    await Task.yield()
                }
            }
            #expect(parts(there).count == 2)
        }
    }
}

import Digests
import Files
import Sessions
import Testing

/// Which names files may have, of sessions over a real folder.
@Suite struct FileNameTests {
    private func serve(
        _ access: FileAccess = .init(),
        in there: TemporaryFolder,
        _ body: (Session) async throws -> Void
    ) async throws {
        try await SessionBench().serve(try FileFolder(there.path), access, body)
    }

    private func path(_ folder: TemporaryFolder, _ name: [UInt8]) -> BytePath {
        BytePath(Array(folder.path.utf8) + [UInt8(ascii: "/")] + name)
    }

    @Test func aNameThatIsNotUTF8GoesAndComesAsItIs() async throws {
        let (here, there) = (try TemporaryFolder(), try TemporaryFolder())
        try here.write([1, 2, 3], to: "a")
        let name = BytePath([0x72, 0xE9])
        let asked = TestLock<[BytePath]>([])
        var access = FileAccess()
        access.isAllowed = { _, name, _ in
            asked.withLock { $0.append(name) }
            return true
        }
        try await serve(access, in: there) { session in
            try await session.put(file: path(here, Array("a".utf8)), as: name)
            try await session.fetch(name, into: try FileFolder(here.path), as: "b")
        }
        // Asked for the put, and twice for the fetch, of which the first asks what there is.
        #expect(asked.withLock { $0 } == [name, name, name])
        let come = try here.read("b")
        #expect(come == [1, 2, 3])
        let isThere = try OpenFile(path: path(there, name.bytes))
        #expect(try isThere.status().size == 3)
    }

    @Test func oneLetterInTwoFormsIsTwoFiles() async throws {
        let (here, there) = (try TemporaryFolder(), try TemporaryFolder())
        try here.write([1], to: "one")
        try here.write([2], to: "two")
        try await serve(in: there) { session in
            try await session.put(file: "\(here.path)/one", as: "caf\u{E9}")
            try await session.put(file: "\(here.path)/two", as: "cafe\u{301}")
        }
        #expect(there.names.count == 2)
        let one = try there.read("caf\u{E9}")
        #expect(one == [1])
    }

    @Test(arguments: [".bashrc", ".ssh/authorized_keys", "a/.git/hooks/x", ".a/b"])
    func hiddenNamesAreRefusedUnlessTheyAreAllowed(_ name: String) async throws {
        let (here, there) = (try TemporaryFolder(), try TemporaryFolder())
        try here.write([1], to: "x")
        try await serve(in: there) { session in
            let error = await #expect(throws: SessionError.self) {
                try await session.put(file: "\(here.path)/x", as: name)
            }
            #expect(error?.code == .refused)
            await #expect(throws: SessionError.self) {
                try await session.makeFolder(BytePath(name))
            }
        }
        #expect(there.names.isEmpty)
        var access = FileAccess()
        access.allowsHiddenNames = true
        try await serve(access, in: there) { session in
            try await session.put(file: "\(here.path)/x", as: name)
        }
        // Nor are they given away.
        try await serve(in: there) { session in
            let error = await #expect(throws: SessionError.self) {
                try await session.fetch(name, into: try FileFolder(here.path), as: "y")
            }
            #expect(error?.code == .refused)
        }
        #expect(here.names == ["x"])
    }

    @Test(arguments: [
        "a\u{1B}[31m", "a\nb", "a\u{7F}", "\u{9B}31m", "\u{202E}gnp.exe", "a\u{2066}b",
        "a\u{200B}b",
        "\u{FEFF}a", "a\u{E0041}", "a\u{3164}", "a\u{34F}b", "dir\u{AD}/x",
    ])
    func namesThatAreNotWhatTheyLookLikeAreRefused(_ name: String) async throws {
        let (here, there) = (try TemporaryFolder(), try TemporaryFolder())
        try here.write([1], to: "x")
        try await serve(in: there) { session in
            let error = await #expect(throws: SessionError.self) {
                try await session.put(file: "\(here.path)/x", as: name)
            }
            #expect(error?.code == .refused)
        }
        #expect(there.names.isEmpty)
        var access = FileAccess()
        access.allowsUnprintableNames = true
        try await serve(access, in: there) { session in
            try await session.put(file: "\(here.path)/x", as: name)
        }
        #expect(there.names.count == 1)
    }

    @Test(arguments: ["👩‍🚀", "❤️‍🔥", "می‌خواهم", "日本語", "grüße", "a b", "a\u{301}"])
    func namesThatPeopleWriteAreTaken(_ name: String) async throws {
        let (here, there) = (try TemporaryFolder(), try TemporaryFolder())
        try here.write([1], to: "x")
        try await serve(in: there) { session in
            try await session.put(file: "\(here.path)/x", as: name)
        }
        #expect(there.names == [name])
    }

    @Test(arguments: [
        ".switchboard-0.part", ".switchboard-0.part/x", "a/.switchboard-0.part/x",
    ])
    func namesOfUnfinishedFilesAreNoneAnywhere(_ name: String) async throws {
        let there = try TemporaryFolder()
        var access = FileAccess()
        access.allowsHiddenNames = true
        try await serve(access, in: there) { session in
            let request = [UInt8(name.utf8.count)] + Array(name.utf8)
            let size = [UInt8](repeating: 0, count: 1 + SHA256.size)
            for (call, rest) in [("$folder", []), ("$put", size)] {
                let error = await #expect(throws: SessionError.self) {
                    _ = try await session.call(call, request + rest)
                }
                #expect(error?.code == .malformed)
            }
        }
        #expect(there.names.isEmpty)
    }

    @Test func aNameIsAsLongAsTheKernelTakesIt() async throws {
        let (here, there) = (try TemporaryFolder(), try TemporaryFolder())
        try here.write([1], to: "x")
        // 16 parts of 254 bytes and one of 15, with 16 slashes between them: 4,095.
        let long =
            Array(repeating: String(repeating: "d", count: 254), count: 16)
            .joined(separator: "/") + "/" + String(repeating: "e", count: 15)
        try #require(long.utf8.count == 4_095)
        try await serve(in: there) { session in
            try await session.put(file: "\(here.path)/x", as: long)
            try await session.fetch(long, into: try FileFolder(here.path), as: "y")
            let tooLong = await #expect(throws: SessionError.self) {
                try await session.put(file: "\(here.path)/x", as: long + "e")
            }
            #expect(tooLong?.kind == .tooLong)
            let part = await #expect(throws: SessionError.self) {
                let name = String(repeating: "d", count: 256)
                try await session.put(file: "\(here.path)/x", as: "a/\(name)")
            }
            #expect(part?.text.contains("more than 255 bytes") == true)
        }
        let come = try here.read("y")
        #expect(come == [1])
    }
}

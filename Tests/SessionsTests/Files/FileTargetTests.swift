import Digests
import Files
import Glibc
import Sessions
import Testing

/// What a received file does with what is there already, and what it brings with it.
@Suite struct FileTargetTests {
    private func status(_ folder: TemporaryFolder, _ name: String) throws -> stat {
        var status = stat()
        let result = unsafe lstat("\(folder.path)/\(name)", &status)
        try #require(result == 0)
        return status
    }

    /// `$put` by hand: what follows the hash is the test's.
    private func put(_ bytes: [UInt8], _ rest: [UInt8], _ session: Session) async throws {
        let call = try await session.openCall("$put")
        let head = [1, UInt8(ascii: "x"), UInt8(bytes.count)] + SHA256.digest(of: bytes)
        try await call.post(head + rest)
        try await call.post(bytes)
        try call.finish()
        while try await call.answers.next() != nil {}
    }

    @Test func permissionsAndTimeGoWithTheFile() async throws {
        let (here, there) = (try TemporaryFolder(), try TemporaryFolder())
        for (name, mode) in [("key", 0o600), ("run", 0o755), ("set", 0o4711)] {
            try here.write([1], to: name)
            let isSet = unsafe chmod("\(here.path)/\(name)", mode_t(mode)) == 0
            #expect(isSet)
        }
        let times = [timeval(tv_sec: 1_000_000_000, tv_usec: 5), timeval(tv_sec: 7, tv_usec: 6)]
        let isDated = unsafe utimes("\(here.path)/run", times) == 0
        #expect(isDated)
        try await SessionBench().serve(try FileFolder(there.path)) { session in
            for name in ["key", "run", "set"] {
                try await session.put(file: "\(here.path)/\(name)", as: name)
            }
            try await session.makeFolder("private", permissions: 0o2700)
            try await session.makeFolder("unusable", permissions: 0o000)
        }
        #expect(try status(there, "key").st_mode == S_IFREG | 0o600)
        let mask = FileModeMask.current
        #expect(try status(there, "run").st_mode == S_IFREG | 0o755 & ~mask)
        #expect(try status(there, "set").st_mode == S_IFREG | 0o711 & ~mask)
        #expect(try status(there, "private").st_mode == S_IFDIR | 0o700)
        #expect(try status(there, "unusable").st_mode == S_IFDIR | 0o700)
        let modified = try status(there, "run").st_mtim
        #expect(modified.tv_sec == 7)
        #expect(modified.tv_nsec == 6_000)
    }

    @Test func aFileThatIsReplacedKeepsItsPermissions() async throws {
        let (here, there) = (try TemporaryFolder(), try TemporaryFolder())
        try here.write([1], to: "x")
        try there.write([2], to: "x")
        let isSet = unsafe chmod("\(there.path)/x", 0o600) == 0
        #expect(isSet)
        try await SessionBench().serve(try FileFolder(there.path)) { session in
            try await session.put(file: "\(here.path)/x", as: "x")
        }
        #expect(try status(there, "x").st_mode == S_IFREG | 0o600)
        let now = try there.read("x")
        #expect(now == [1])
    }

    /// Numbers of 1, 2 and 8 bytes; the last of each list is of a later version.
    @Test(
        arguments: [
            ([], 0o666), ([0x4F, 0xFF], 0o777), ([0x41, 0x80], 0o600),
            ([0xFF] + Array(repeating: 0xFF, count: 7), 0o777),
            ([0x41, 0x80] + Array(repeating: 0xFF, count: 8), 0o600),
            ([0x41, 0x80, 5, 99, 99, 99], 0o600),
        ] as [([UInt8], mode_t)]
    )
    func whateverAPeerSaysNothingButPermissionsIsTaken(
        _ rest: [UInt8],
        _ mode: mode_t
    ) async throws {
        let there = try TemporaryFolder()
        try await SessionBench().serve(try FileFolder(there.path)) { session in
            try await put([1, 2, 3], rest, session)
        }
        #expect(try status(there, "x").st_mode == S_IFREG | mode & ~FileModeMask.current)
    }

    @Test(.enabled(if: geteuid() == 0, "only root gives files away"))
    func aFileThatIsReplacedKeepsItsOwner() async throws {
        let (here, there) = (try TemporaryFolder(), try TemporaryFolder())
        try here.write([1], to: "x")
        try there.write([2], to: "x")
        let isGiven = unsafe chown("\(there.path)/x", 65_534, 65_533) == 0
        let isSet = unsafe chmod("\(there.path)/x", 0o640) == 0
        #expect(isGiven && isSet)
        try await SessionBench().serve(try FileFolder(there.path)) { session in
            try await session.put(file: "\(here.path)/x", as: "x")
        }
        let replaced = try status(there, "x")
        #expect(replaced.st_uid == 65_534 && replaced.st_gid == 65_533)
        #expect(replaced.st_mode == S_IFREG | 0o640)
    }

    @Test func halfANumberIsRefused() async throws {
        let there = try TemporaryFolder()
        try await SessionBench().serve(try FileFolder(there.path)) { session in
            let error = await #expect(throws: SessionError.self) {
                try await put([1], [0x41], session)
            }
            #expect(error?.code == .malformed)
        }
        #expect(there.names.isEmpty)
    }

    @Test func whatIsNoFileStays() async throws {
        let (here, there) = (try TemporaryFolder(), try TemporaryFolder())
        try here.write([1], to: "x")
        try there.write([9], to: "file")
        let areMade = unsafe [
            mkdir("\(there.path)/folder", 0o755), mkfifo("\(there.path)/pipe", 0o644),
            symlink("file", "\(there.path)/link"), symlink("nothing", "\(there.path)/dangling"),
        ]
        #expect(areMade == [0, 0, 0, 0])
        let obstacles = [
            ("folder", "a folder of that name is there"),
            ("pipe", "something of that name is there that is no file"),
            ("link", "a link of that name is there"),
            ("dangling", "a link of that name is there"),
            ("file/inner", "something that is no folder is where a folder should be"),
        ]
        try await SessionBench().serve(try FileFolder(there.path)) { session in
            for (name, words) in obstacles {
                let error = await #expect(throws: SessionError.self) {
                    try await session.put(file: "\(here.path)/x", as: name)
                }
                #expect(error?.text == words)
                // The same at this end of a fetch.
                try await session.put(file: "\(here.path)/x", as: "x")
                let other = await #expect(throws: SessionError.self) {
                    try await session.fetch("x", into: try FileFolder(there.path), as: name)
                }
                #expect(other?.text == "x: \(words)")
            }
            for name in ["file", "pipe", "dangling"] as [BytePath] {
                await #expect(throws: SessionError.self) { try await session.makeFolder(name) }
            }
            // One that is there is as good as one that is made.
            try await session.makeFolder("folder/inner")
            try await session.makeFolder("folder/inner", permissions: 0o700)
        }
        #expect(there.names == ["dangling", "file", "folder", "link", "pipe", "x"])
        let kept = try there.read("file")
        #expect(kept == [9])
    }
}

import Digests
import Glibc
import Sessions
import Sockets
import Testing

@Suite struct FileTests {
    private func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: ($0 &* 131) ^ ($0 >> 8)) }
    }

    private func serve(
        _ folder: FileFolder,
        _ access: FileAccess = .init(),
        on bench: SessionBench,
        _ body: (Session) async throws -> Void
    ) async throws {
        try await bench.serve { session in
            var handlers = SessionHandlers()
            handlers.files(folder, access)
            handlers.reply("echo") { $0 }
            try await session.serve(handlers)
        } during: {
            try await bench.connect { session in
                try await withDeadline(.after(.seconds(60))) { try await body(session) }
            }
        }
    }

    @Test(arguments: [0, 1, 65_536, 1_000_000])
    func aFileArrivesWhole(_ size: Int) async throws {
        let (here, there) = (try TemporaryFolder(), try TemporaryFolder())
        try here.write(bytes(size), to: "a.bin")
        try await serve(try FileFolder(there.path), on: SessionBench(.tcp)) { session in
            var offsets: [UInt64] = []
            try await session.put(file: "\(here.path)/a.bin", as: "b.bin") {
                offsets.append($0.offset)
            }
            #expect(offsets.last == UInt64(size))
            #expect(offsets == offsets.sorted())
            try await session.fetch("b.bin", into: try FileFolder(here.path), as: "c.bin")
        }
        let (sent, fetched) = (try there.read("b.bin"), try here.read("c.bin"))
        #expect(sent == bytes(size))
        #expect(fetched == bytes(size))
        #expect(there.names == ["b.bin"])
        #expect(here.names == ["a.bin", "c.bin"])
    }

    @Test func whatIsThereIsNotSentAgain() async throws {
        let (here, there) = (try TemporaryFolder(), try TemporaryFolder())
        try here.write(bytes(2_000_000), to: "a.bin")
        let folder = try FileFolder(there.path)
        // The first session is lost on the way, with its server.
        let bench = SessionBench { stream, number in
            number == 1 ? CutStream(stream, after: 1_200_000, .sending) : stream
        }
        var client = SessionClientConfiguration()
        client.firstAttach = .persistent
        try await bench.serve { session in
            var handlers = SessionHandlers()
            handlers.files(folder)
            try await session.serve(handlers)
        } during: {
            await #expect(throws: SessionError.self) {
                try await bench.connect { session in
                    async let lost: Void = {
                        for try await change in session.changes {
                            if case .detached = change { session.abandon() }
                        }
                    }()
                    try await session.put(file: "\(here.path)/a.bin", as: "b.bin")
                    try await lost
                }
            }
            for session in bench.server.sessions { session.abandon() }
            var first: UInt64?
            try await bench.connect { session in
                try await session.put(file: "\(here.path)/a.bin", as: "b.bin") {
                    first = first ?? $0.offset
                }
            }
            #expect(first ?? 0 > 500_000)
        }
        let arrived = try there.read("b.bin")
        #expect(arrived == bytes(2_000_000))
        #expect(there.names == ["b.bin"])
    }

    /// Puts the first bytes of a file and no more; returns when they are there.
    private func begin(
        _ bytes: [UInt8],
        of content: [UInt8],
        _ session: Session,
        _ arrived: TestLock<UInt64>
    ) async throws -> OutgoingCall {
        let call = try await session.openCall("$put")
        var size: [UInt8] = []
        for shift in stride(from: 24, through: 0, by: -8) {
            size.append(UInt8(truncatingIfNeeded: content.count >> shift))
        }
        size[0] |= 0x80
        try await call.post([1, UInt8(ascii: "b")] + size + SHA256.digest(of: content))
        for start in stride(from: 0, to: bytes.count, by: 65_536) {
            try await call.post(Array(bytes[start..<min(bytes.count, start + 65_536)]))
        }
        while arrived.withLock({ $0 }) < UInt64(bytes.count) { await Task.yield() }
        return call
    }

    @Test func aNewerTransferGoesOnWhereTheOlderWas() async throws {
        let (here, there) = (try TemporaryFolder(), try TemporaryFolder())
        let content = bytes(2_000_000)
        try here.write(content, to: "a.bin")
        let arrived = TestLock<UInt64>(0)
        let failures = TestLock<[String]>([])
        var access = FileAccess()
        access.progress = { _, progress in arrived.withLock { $0 = progress.offset } }
        access.failed = { _, progress, error in
            failures.withLock { $0.append("\(progress.name) \(progress.offset) \(error)") }
        }
        let bench = SessionBench()
        try await serve(try FileFolder(there.path), access, on: bench) { older in
            // Its session lives, and says nothing more.
            let stuck = try await begin(Array(content[..<500_000]), of: content, older, arrived)
            try await bench.connect { newer in
                var first: UInt64?
                try await newer.put(file: "\(here.path)/a.bin", as: "b") {
                    first = first ?? $0.offset
                }
                #expect(first == 500_000)
            }
            let error = await #expect(throws: SessionError.self) {
                while try await stuck.answers.next() != nil {}
            }
            #expect(error?.code == .superseded)
        }
        let whole = try there.read("b")
        #expect(whole == content)
        #expect(there.names == ["b"])
        let told = failures.withLock { $0 }
        #expect(told.count == 1)
        #expect(told.first?.hasPrefix("b 500000 ") == true)
    }

    @Test func whatAnotherProcessWritesIsBusy() async throws {
        let (here, there) = (try TemporaryFolder(), try TemporaryFolder())
        let content = bytes(200_000)
        try here.write(content, to: "a.bin")
        let arrived = TestLock<UInt64>(0)
        var access = FileAccess()
        access.progress = { _, progress in arrived.withLock { $0 = progress.offset } }
        try await serve(try FileFolder(there.path), access, on: SessionBench()) { older in
            let stuck = try await begin(Array(content[..<100_000]), of: content, older, arrived)
            // Another value for the folder knows as little of the first as another process.
            try await serve(try FileFolder(there.path), on: SessionBench()) { newer in
                let error = await #expect(throws: SessionError.self) {
                    try await newer.put(file: "\(here.path)/a.bin", as: "b")
                }
                #expect(error?.code == .overloaded)
            }
            try await stuck.post(Array(content[100_000...]))
            try stuck.finish()
            while try await stuck.answers.next() != nil {}
        }
        let whole = try there.read("b")
        #expect(whole == content)
    }

    @Test func whoLetsFilesInIsToldOfThoseThatFail() async throws {
        let (here, there) = (try TemporaryFolder(), try TemporaryFolder())
        let content = bytes(200_000)
        try here.write(content, to: "a.bin")
        let arrived = TestLock<UInt64>(0)
        let failures = TestLock<[(FileProgress, any Error)]>([])
        let received = TestLock(0)
        var access = FileAccess()
        access.sizeLimit = 200_000
        access.isAllowed = { _, name, _ in name != "secret" }
        access.progress = { _, progress in arrived.withLock { $0 = progress.offset } }
        access.received = { _, _ in received.withLock { $0 += 1 } }
        access.failed = { _, progress, error in failures.withLock { $0.append((progress, error)) } }
        let told: (Int) async -> (FileProgress, any Error)? = { count in
            while failures.withLock({ $0.count }) < count { await Task.yield() }
            return failures.withLock { $0.last }
        }
        try await serve(try FileFolder(there.path), access, on: SessionBench()) { session in
            await #expect(throws: SessionError.self) {
                try await session.put(file: "\(here.path)/a.bin", as: "secret")
            }
            #expect((await told(1)?.1 as? CallRefusal)?.code == .refused)
            try here.write(bytes(200_001), to: "long.bin")
            await #expect(throws: SessionError.self) {
                try await session.put(file: "\(here.path)/long.bin", as: "b")
            }
            #expect((await told(2)?.1 as? CallRefusal)?.code == .limit)
            let call = try await begin(Array(content[..<70_000]), of: content, session, arrived)
            call.reset(.cancelled)
            let cancelled = await told(3)
            #expect(cancelled?.0.offset == 70_000)
            #expect(cancelled?.0.size == 200_000)
            #expect((cancelled?.1 as? SessionError)?.kind == .reset)
            await #expect(throws: SessionError.self) {
                try await session.fetch("nothing", into: try FileFolder(here.path))
            }
            #expect((await told(4)?.1 as? CallRefusal)?.code == .unknownName)
            try await session.put(file: "\(here.path)/a.bin", as: "b")
        }
        #expect(failures.withLock { $0.count } == 4)
        #expect(received.withLock { $0 } == 1)
    }

    @Test func aFileLargerThanItsLimitIsNotFetched() async throws {
        let (here, there) = (try TemporaryFolder(), try TemporaryFolder())
        try there.write(bytes(1_001), to: "a")
        try await serve(try FileFolder(there.path), on: SessionBench()) { session in
            let error = await #expect(throws: SessionError.self) {
                try await session.fetch("a", into: try FileFolder(here.path), sizeLimit: 1_000)
            }
            #expect(error?.kind == .tooLong)
            try await session.fetch("a", into: try FileFolder(here.path), sizeLimit: 1_001)
        }
        #expect(here.names == ["a"])
    }

    @Test(arguments: [
        "../x", "/etc/passwd", "a/../b", "a//b", "", ".", "a/.", "link/x",
        ".switchboard-0.part",
    ])
    func noNameLeadsOut(_ name: String) async throws {
        let (here, there) = (try TemporaryFolder(), try TemporaryFolder())
        try here.write(bytes(10), to: "a.bin")
        let outside = try TemporaryFolder()
        let linked = unsafe symlink(outside.path, "\(there.path)/link")
        #expect(linked == 0)
        try await serve(try FileFolder(there.path), on: SessionBench()) { session in
            await #expect(throws: SessionError.self) {
                try await session.put(file: "\(here.path)/a.bin", as: name)
            }
            // And told so by the server, not only by this client.
            let error = await #expect(throws: SessionError.self) {
                try await session.call("$get", [UInt8(name.utf8.count)] + name.utf8 + [0])
            }
            #expect(error?.kind == .failed)
        }
        #expect(outside.names.isEmpty)
    }

    @Test func otherBytesThanAnnouncedAreNotKept() async throws {
        let there = try TemporaryFolder()
        try await serve(try FileFolder(there.path), on: SessionBench()) { session in
            let call = try await session.openCall("$put")
            try await call.post([1, UInt8(ascii: "x"), 3] + SHA256.digest(of: [1, 2, 3]))
            try await call.post([1, 2, 4])
            try call.finish()
            let error = await #expect(throws: SessionError.self) {
                while try await call.answers.next() != nil {}
            }
            #expect(error?.code == .failed)
        }
        #expect(there.names.isEmpty)
    }

    @Test func aSmallCallDoesNotWaitForALargeFile() async throws {
        let (here, there) = (try TemporaryFolder(), try TemporaryFolder())
        try here.write(bytes(4_000_000), to: "a.bin")
        let isDone = TestLock(false)
        try await serve(try FileFolder(there.path), on: SessionBench(.tcp)) { session in
            async let putting: Void = {
                try await session.put(file: "\(here.path)/a.bin", as: "b.bin")
                isDone.withLock { $0 = true }
            }()
            var count = 0
            while !isDone.withLock({ $0 }) {
                _ = try await session.call("echo", "x")
                count += 1
            }
            try await putting
            #expect(count > 5)
        }
    }
}

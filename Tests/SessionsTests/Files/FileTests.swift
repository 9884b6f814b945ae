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
            try await bench.connect { try await body($0) }
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
                // Its handler lets go of the file when it learns of the end.
                while true {
                    do {
                        try await session.put(file: "\(here.path)/a.bin", as: "b.bin") {
                            first = first ?? $0.offset
                        }
                        return
                    } catch let error as SessionError where error.code == .overloaded {
                        await Task.yield()
                    }
                }
            }
            #expect(first ?? 0 > 500_000)
        }
        let arrived = try there.read("b.bin")
        #expect(arrived == bytes(2_000_000))
        #expect(there.names == ["b.bin"])
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

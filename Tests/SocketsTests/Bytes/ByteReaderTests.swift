import Sockets
import SocketsTesting
import Testing

@Suite("A byte reader")
struct ByteReaderTests {
    @Test func readsLinesCutAnywhere() async throws {
        let text = "one\ntwo\r\n\n\r\nthree \r four\nlast"
        for split in 0...text.utf8.count {
            let reader = try await reader(of: text, .split(after: split))
            var lines: [String] = []
            while let line = try await reader.line(limit: 100) { lines.append(line) }
            #expect(lines == ["one", "two", "", "", "three \r four", "last"], "cut after \(split)")
        }
        let bytewise = ByteReader(
            ChunkingStream(try await peer(of: text), receiving: .repeating(1))
        )
        #expect(try await bytewise.line(limit: 3) == "one")
        #expect(try await bytewise.line(limit: 3) == "two")
    }

    @Test func readsDelimitedPiecesCutAnywhere() async throws {
        let text = "a;bc;;d"
        for split in 0...text.utf8.count {
            let reader = try await reader(of: text, .split(after: split))
            var pieces: [[UInt8]] = []
            while let piece = try await reader.bytes(endingWith: UInt8(ascii: ";"), limit: 2) {
                pieces.append(piece)
            }
            #expect(pieces == ["a", "bc", "", "d"].map { Array($0.utf8) })
        }
    }

    @Test func readsCountedPiecesCutAnywhere() async throws {
        for split in 0...6 {
            let reader = try await reader(of: "abcdef", .split(after: split))
            #expect(try await reader.bytes(exactly: 0) == [])
            #expect(try await reader.bytes(exactly: 2) == Array("ab".utf8))
            #expect(try await reader.bytes(exactly: 4) == Array("cdef".utf8))
            #expect(try await reader.bytes(exactly: 1) == nil)
        }
    }

    @Test func readsFramesCutAnywhere() async throws {
        let bytes: [UInt8] = [0, 3, 1, 2, 3, 0, 0, 0, 1, 9]
        for split in 0...bytes.count {
            let reader = try await reader(of: bytes, .split(after: split))
            #expect(try await reader.frame(lengthPrefix: UInt16.self, limit: 3) == [1, 2, 3])
            #expect(try await reader.frame(lengthPrefix: UInt16.self, limit: 3) == [])
            #expect(try await reader.frame(lengthPrefix: UInt16.self, limit: 3) == [9])
            #expect(try await reader.frame(lengthPrefix: UInt16.self, limit: 3) == nil)
        }
    }

    @Test func readsLengthsOfEverySize() async throws {
        let one = try await reader(of: [2, 7, 8])
        #expect(try await one.frame(lengthPrefix: UInt8.self, limit: 2) == [7, 8])
        let four = try await reader(of: [0, 0, 0, 1, 7])
        #expect(try await four.frame(lengthPrefix: UInt32.self, limit: 1) == [7])
        let eight = try await reader(of: [0, 0, 0, 0, 0, 0, 0, 1, 7])
        #expect(try await eight.frame(lengthPrefix: UInt64.self, limit: 1) == [7])
    }

    // MARK: Limits

    @Test(arguments: ["\n", "\r\n"])
    func takesALineOfExactlyTheLimitAndNoLonger(end: String) async throws {
        for split in 0...7 {
            let fits = try await reader(of: "12345\(end)", .split(after: split))
            #expect(try await fits.line(limit: 5) == "12345")
            let long = try await reader(of: "123456\(end)", .split(after: split))
            let error = await #expect(throws: SocketError.self) { try await long.line(limit: 5) }
            #expect(error?.code == .limitExceeded)
            #expect(error?.code.side == .remote)
        }
    }

    @Test func takesALastLineOfExactlyTheLimitAndNoLonger() async throws {
        let fits = try await reader(of: "12345")
        #expect(try await fits.line(limit: 5) == "12345")
        let long = try await reader(of: "123456")
        await expect(.limitExceeded) { _ = try await long.line(limit: 5) }
    }

    @Test func refusesAFloodWithoutALineEndBeforeItEnds() async throws {
        let (client, server) = InMemoryStream.pair()
        let reader = ByteReader(server)
        try await client.send([UInt8](repeating: 0x61, count: 60_000))  // and no end
        await expect(.limitExceeded) { _ = try await reader.line(limit: 512) }
    }

    @Test func takesAPieceOfExactlyTheLimitAndNoLonger() async throws {
        for split in 0...4 {
            let fits = try await reader(of: "abc;", .split(after: split))
            #expect(try await fits.bytes(endingWith: 0x3B, limit: 3) == Array("abc".utf8))
            let long = try await reader(of: "abcd;", .split(after: split))
            await expect(.limitExceeded) {
                _ = try await long.bytes(endingWith: 0x3B, limit: 3)
            }
        }
    }

    @Test func refusesALongFrameByItsLength() async throws {
        let (client, server) = InMemoryStream.pair()
        let reader = ByteReader(server)
        // Four gigabytes announced, and none sent: refused without waiting for them.
        try await client.send([0xFF, 0xFF, 0xFF, 0xFF])
        let error = await #expect(throws: SocketError.self) {
            try await reader.frame(lengthPrefix: UInt32.self, limit: 1000)
        }
        #expect(error?.code == .limitExceeded)
        #expect(error?.detail == "a frame of 4294967295 bytes, and the limit is 1000")
    }

    @Test func refusesALengthThatFitsNoInteger() async throws {
        let reader = try await reader(of: [UInt8](repeating: 0xFF, count: 8))
        await expect(.limitExceeded) {
            _ = try await reader.frame(lengthPrefix: UInt64.self, limit: .max)
        }
    }

    // MARK: Ends and errors

    @Test func saysWhatWasCutWhenTheStreamEndsInAFrame() async throws {
        let inLength = try await reader(of: [0])
        await expect(.unexpectedEnd) {
            _ = try await inLength.frame(lengthPrefix: UInt16.self, limit: 9)
        }
        let inside = try await reader(of: [0, 3, 1, 2])
        let error = await #expect(throws: SocketError.self) {
            try await inside.frame(lengthPrefix: UInt16.self, limit: 9)
        }
        #expect(error?.code == .unexpectedEnd)
        #expect(error?.detail == "in a frame of 3 bytes, after 2")
        // What had come is still there.
        #expect(try await inside.next() == [0, 3, 1, 2])
    }

    @Test func keepsWhatHadComeWhenTheStreamEndsTooEarly() async throws {
        let reader = try await reader(of: "abc")
        await expect(.unexpectedEnd) { _ = try await reader.bytes(exactly: 4) }
        #expect(reader.bufferedCount == 3)
        #expect(try await reader.bytes(exactly: 3) == Array("abc".utf8))
    }

    @Test(arguments: [
        ([0xFF], 0), ([0x61, 0x62, 0x80, 0x63], 2), ([0x61, 0xC3], 1), ([0x61, 0xC3, 0x28], 1),
        ([0x62, 0xEF, 0xBF, 0x63], 1), ([0xE2, 0x82, 0xAC, 0xEF], 3), ([0xED, 0xA0, 0x80], 0),
    ])
    func saysWhereALineIsNotUTF8(bytes: [UInt8], place: Int) async throws {
        let reader = try await reader(of: bytes + [0x0A])
        let error = await #expect(throws: SocketError.self) { try await reader.line(limit: 10) }
        #expect(error?.code == .malformed)
        #expect(error?.detail == "a line is not UTF-8 at its byte \(place)")
    }

    @Test func givesLinesThatAreNotUTF8AsBytes() async throws {
        let reader = try await reader(of: [0xFF, 0x00, 0x0D, 0x0A])
        #expect(try await reader.lineBytes(limit: 2) == [0xFF, 0x00])
    }

    // MARK: Cancellation

    @Test func losesNothingWhenAReadIsCancelled() async throws {
        let (client, server) = InMemoryStream.pair()
        try await client.send("half a li")
        let reader = ByteReader(server)
        await expect(.deadlinePassed) {
            try await withDeadline(.after(.milliseconds(20))) {
                _ = try await reader.line(limit: 100)
            }
        }
        #expect(reader.bufferedCount == 9)
        try await client.send("ne\n")
        #expect(try await reader.line(limit: 100) == "half a line")
    }

    @Test func looksForAnotherDelimiterFromTheStart() async throws {
        let (client, server) = InMemoryStream.pair()
        try await client.send("a line\nand more")
        let reader = ByteReader(server)
        await expect(.deadlinePassed) {
            try await withDeadline(.after(.milliseconds(20))) {
                _ = try await reader.bytes(endingWith: 0, limit: 100)
            }
        }
        try await client.finish()
        #expect(try await reader.line(limit: 100) == "a line")
    }

    @Test func mixesKindsOfReads() async throws {
        for split in 0...13 {
            let reader = try await reader(of: "3\nabcx;\u{0}\u{1}!rest", .split(after: split))
            #expect(try await reader.line(limit: 4) == "3")
            #expect(try await reader.bytes(exactly: 3) == Array("abc".utf8))
            #expect(try await reader.bytes(endingWith: 0x3B, limit: 1) == [0x78])
            #expect(try await reader.frame(lengthPrefix: UInt16.self, limit: 1) == [0x21])
            var rest: [UInt8] = []
            while true {
                let next = try await reader.next()
                if next.isEmpty { break }
                rest += next
            }
            #expect(rest == Array("rest".utf8))
        }
    }

    // MARK: Lines

    @Test func iteratesOverLines() async throws {
        var lines: [String] = []
        for try await line in try await peer(of: "a\r\nb\n\nc").lines(limit: 1) {
            lines.append(line)
        }
        #expect(lines == ["a", "b", "", "c"])
    }

    @Test func endsIteratingWithTheErrorOfALongLine() async throws {
        var lines: [String] = []
        let stream = try await peer(of: "ok\nlong\n")
        await expect(.limitExceeded) {
            for try await line in stream.lines(limit: 3) { lines.append(line) }
        }
        #expect(lines == ["ok"])
    }

    // MARK: Helpers

    private func peer(of text: String) async throws -> InMemoryStream {
        try await peer(of: Array(text.utf8))
    }

    /// A stream that gives these bytes and ends.
    private func peer(of bytes: [UInt8]) async throws -> InMemoryStream {
        let (client, server) = InMemoryStream.pair()
        try await client.send(bytes)
        try await client.finish()
        return server
    }

    private func reader(
        of text: String,
        _ cuts: ChunkSizes = .whole
    ) async throws -> ByteReader<ChunkingStream<InMemoryStream>> {
        try await reader(of: Array(text.utf8), cuts)
    }

    private func reader(
        of bytes: [UInt8],
        _ cuts: ChunkSizes = .whole
    ) async throws -> ByteReader<ChunkingStream<InMemoryStream>> {
        ByteReader(ChunkingStream(try await peer(of: bytes), receiving: cuts))
    }
}

import Files
import Glibc
import HTTPTypes
import Testing

@testable import HTTP

@Suite struct StaticFilesTests {
    private let folder: TemporaryFolder
    private let files: StaticFiles

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("hello, world", to: "a.txt")
        files = try StaticFiles(root: folder.path)
    }

    @Test func aFileIsSentWithWhatDescribesIt() throws {
        let response = try files.response("/a.txt")
        #expect(response.status == 200)
        #expect(try response.text() == "hello, world")
        #expect(response.fields[.contentLength] == "12")
        #expect(response.fields[.contentType] == "text/plain; charset=utf-8")
        #expect(response.fields[.acceptRanges] == "bytes")
        #expect(response.fields[.cacheControl] == "no-cache")
        #expect(response.fields[.xContentTypeOptions] == "nosniff")
        #expect(response.fields[.vary] == "Accept-Encoding")
        let date = try #require(response.fields[.lastModified])
        #expect(HTTPDate(parsing: date, now: later) != nil)
        let tag = try #require(response.fields[.eTag].flatMap { EntityTag(parsing: $0) })
        #expect(!tag.isWeak)
    }

    @Test func headIsGetWithoutTheBody() throws {
        for path in ["/a.txt", "/none"] {
            let response = try files.response(.head, path)
            let whole = try files.response(path)
            #expect(response.body.isEmpty)
            #expect(response.head == whole.head)
            #expect(response.fields[.contentLength] == String(whole.bodySize))
        }
    }

    @Test func headOfAListingIsItsFieldsWithoutALength() throws {
        let (head, whole) = (try files.response(.head, "/"), try files.response("/"))
        #expect(head.body.isEmpty)
        #expect(head.fields[.contentLength] == nil)
        var fields = whole.fields
        fields[.contentLength] = nil
        #expect(head.head == HTTPResponse(status: .ok, headerFields: fields))
    }

    @Test func aDateBefore1970IsSaidAndOneInTheFutureIsNot() throws {
        try folder.setModified("a.txt", secondsSinceEpoch: -157_766_400)
        let old = try files.response("/a.txt")
        #expect(old.fields[.lastModified] == "Fri, 01 Jan 1965 00:00:00 GMT")
        let same: HTTPFields = [.ifModifiedSince: "Fri, 01 Jan 1965 00:00:00 GMT"]
        #expect(try files.response("/a.txt", same).status == 304)
        let before: HTTPFields = [.ifModifiedSince: "Thu, 31 Dec 1964 23:59:59 GMT"]
        #expect(try files.response("/a.txt", before).status == 200)
        try folder.setModified("a.txt", secondsSinceEpoch: later.secondsSinceEpoch + 1_000)
        #expect(try files.response("/a.txt").fields[.lastModified] == later.description)
    }

    @Test func otherMethodsAreNamed() throws {
        #expect(try files.response(.options, "/a.txt").fields[.allow] == "GET, HEAD, OPTIONS")
        #expect(try files.response(.options, "*").status == 204)
        for method: HTTPRequest.Method in [.post, .delete, .put, .trace, .patch] {
            let response = try files.response(method, "/a.txt")
            #expect(response.status == 405)
            #expect(response.fields[.allow] == "GET, HEAD, OPTIONS")
        }
    }

    @Test func aQueryIsNoPartOfTheName() throws {
        #expect(try files.response("/a.txt?v=1").status == 200)
    }

    @Test func whatTheClientHasIsNotSentAgain() throws {
        let first = try files.response("/a.txt")
        let tag = try #require(first.fields[.eTag])
        let response = try files.response("/a.txt", [.ifNoneMatch: tag])
        #expect(response.status == 304)
        #expect(response.body.isEmpty)
        #expect(response.fields[.contentLength] == nil)
        #expect(response.fields[.eTag] == tag)
        #expect(response.fields[.vary] == "Accept-Encoding")
        let date = try #require(first.fields[.lastModified])
        #expect(try files.response("/a.txt", [.ifModifiedSince: date]).status == 304)
        #expect(try files.response("/a.txt", [.ifMatch: "\"x\""]).status == 412)
    }

    @Test func changedBytesOfTheSameSizeAndDateHaveAnotherTag() throws {
        try folder.setModified("a.txt", secondsSinceEpoch: 1_000_000_000)
        let before = try files.response("/a.txt")
        var after = before
        // The change time moves in the kernel's ticks: written until it has moved on.
        repeat {
            try folder.write("HELLO, WORLD", to: "a.txt")
            try folder.setModified("a.txt", secondsSinceEpoch: 1_000_000_000)
            after = try files.response("/a.txt")
        } while after.fields[.eTag] == before.fields[.eTag]
        #expect(after.fields[.lastModified] == before.fields[.lastModified])
        #expect(after.fields[.contentLength] == before.fields[.contentLength])
    }

    @Test func aFileJustWrittenIsNotPromisedForRanges() throws {
        let now = FileCalls.now()
        let response = try files.response("/a.txt", now: now)
        let tag = try #require(response.fields[.eTag])
        #expect(tag.hasPrefix("W/"))
        let part = try files.response("/a.txt", [.range: "bytes=0-1", .ifRange: tag], now: now)
        #expect(part.status == 200)
        let settled = try files.response("/a.txt", [.ifNoneMatch: tag])
        #expect(settled.status == 304)
    }

    @Test func aRangeIsAPart() throws {
        let response = try files.response("/a.txt", [.range: "bytes=7-"])
        #expect(response.status == 206)
        #expect(try response.text() == "world")
        #expect(response.fields[.contentRange] == "bytes 7-11/12")
        #expect(response.fields[.contentLength] == "5")
        #expect(try files.response("/a.txt", [.range: "bytes=-5"]).text() == "world")
        #expect(try files.response("/a.txt", [.range: "lines=1-2"]).status == 200)
        #expect(try files.response(.head, "/a.txt", [.range: "bytes=7-"]).status == 200)
    }

    @Test func aRangeBeyondTheEndSaysWhereTheEndIs() throws {
        let response = try files.response("/a.txt", [.range: "bytes=12-"])
        #expect(response.status == 416)
        #expect(response.fields[.contentRange] == "bytes */12")
    }

    @Test func severalRangesAreOneMultipartBody() throws {
        let bytes = (0..<10_000).map { UInt8(truncatingIfNeeded: $0) }
        try folder.write(bytes, to: "b.bin")
        let response = try files.response("/b.bin", [.range: "bytes=5000-5009,0-4,-2"])
        #expect(response.status == 206)
        #expect(response.fields[.contentRange] == nil)
        let type = try #require(response.fields[.contentType])
        let boundary = try #require(type.split(separator: "=").last)
        var expected: [UInt8] = []
        for range in [5_000..<5_010, 0..<5, 9_998..<10_000] {
            expected += Array(
                """
                \r\n--\(boundary)\r\nContent-Type: application/octet-stream\r\n\
                Content-Range: bytes \(range.lowerBound)-\(range.upperBound - 1)/10000\r\n\r\n
                """.utf8
            )
            expected += bytes[range]
        }
        expected += Array("\r\n--\(boundary)--\r\n".utf8)
        #expect(try response.bytes() == expected)
        #expect(response.fields[.contentLength] == String(expected.count))
        #expect(response.bodySize == expected.count)
        let again = try files.response("/b.bin", [.range: "bytes=5000-5009,0-4"])
        #expect(again.fields[.contentType] != type)
    }

    @Test func ifRangeGivesThePartOnlyOfTheSameBytes() throws {
        let tag = try #require(try files.response("/a.txt").fields[.eTag])
        let part = try files.response("/a.txt", [.range: "bytes=7-", .ifRange: tag])
        #expect(part.status == 206)
        try folder.write("other, words", to: "a.txt")
        let whole = try files.response("/a.txt", [.range: "bytes=7-", .ifRange: tag])
        #expect(whole.status == 200)
        #expect(try whole.text() == "other, words")
    }

    @Test func anEmptyFileHasNoBody() throws {
        try folder.write("", to: "empty.txt")
        let response = try files.response("/empty.txt")
        #expect(response.status == 200)
        #expect(response.fields[.contentLength] == "0")
        #expect(response.body.isEmpty)
        let all = try files.response("/empty.txt", [.range: "bytes=0-"])
        #expect(all.status == 200 && all.fields[.contentRange] == nil)
        #expect(try files.response("/empty.txt", [.range: "bytes=1-"]).status == 416)
    }

    @Test func aFileReplacedWhileItIsServedKeepsItsOldBytes() throws {
        let response = try files.response("/a.txt")
        // Atomically: by another file of the same name.
        try folder.write("newer", to: "new")
        try folder.rename("new", to: "a.txt")
        #expect(try response.text() == "hello, world")
        #expect(try files.response("/a.txt").text() == "newer")
    }

    @Test func aFileTruncatedWhileItIsServedGivesLessThanWasSaid() throws {
        let response = try files.response("/a.txt")
        try folder.truncate("a.txt", to: 5)
        #expect(try response.text() == "hello")
        #expect(response.bodySize == 12)
    }

    @Test func aFileOfMoreThanAnyMemoryIsServedInParts() throws {
        try folder.write("", to: "sparse.bin")
        let size = 1 << 42
        try folder.truncate("sparse.bin", to: size)
        let response = try files.response("/sparse.bin", [.range: "bytes=-3"])
        #expect(response.fields[.contentRange] == "bytes \(size - 3)-\(size - 1)/\(size)")
        #expect(try response.bytes() == [0, 0, 0])
    }

    @Test func aDescriptorIsLentWhileTheClosureRuns() async throws {
        var response: StaticResponse? = try files.response("/a.txt")
        guard case .file(let file, let range)? = response?.body.first else {
            Issue.record("a file is sent as one")
            return
        }
        response = nil
        let size = try await file.withDescriptor { number throws(FileError) in
            try FileCalls.status(number).size
        }
        #expect(size == range.count)
    }

    @Test func nothingLeaksADescriptor() throws {
        let before = try openDescriptors(beneath: folder)
        for _ in 0..<50 {
            for path in ["/a.txt", "/", "/none", "/a.txt/", "/../x"] {
                _ = try files.response(path).bytes()
            }
        }
        #expect(try openDescriptors(beneath: folder) == before)
    }

    @Test func aRootThatIsNoneIsSaidSo() throws {
        let error = #expect(throws: StaticFilesError.self) {
            try StaticFiles(root: "\(folder.path)/none")
        }
        #expect(error?.description == "serve \(folder.path)/none: no such folder (ENOENT)")
        let notFolder = #expect(throws: StaticFilesError.self) {
            try StaticFiles(root: "\(folder.path)/a.txt")
        }
        #expect(notFolder?.errno == ENOTDIR)
        #expect(throws: StaticFilesError.self) { try StaticFiles(root: "\(folder.path)\u{0}x") }
    }
}

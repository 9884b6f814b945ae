import Foundation
import HTTP
import HTTPCodec
import Sockets
import Testing

struct DownloadTests {
    private static let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 8) }

    /// Serves the bytes with ranges, and cuts each answer after so many.
    fileprivate static func cutting(
        after size: Int,
        tags: [String] = ["\"v1\""],
        seen: Seen
    ) -> HTTPServer.Handler {
        { request, response in
            let number = seen.withLock { seen in
                seen.append(request.fields[.range] ?? "whole")
                return seen.count
            }
            let tag = tags[min(number, tags.count) - 1]
            response.fields[.eTag] = tag
            var start = 0
            if let range = request.fields[.range], request.fields[.ifRange] == tag {
                start = Int(range.dropFirst("bytes=".count).dropLast()) ?? 0
                response.status = .partialContent
                response.fields[.contentRange] = "bytes \(start)-\(bytes.count - 1)/\(bytes.count)"
            }
            try response.begin(length: UInt64(bytes.count - start))
            let end = min(start + size, bytes.count)
            try await response.write(Array(bytes[start..<end]))
            if end < bytes.count { throw CancellationError() }
        }
    }

    private func file(_ path: String) throws -> [UInt8] { try TemporaryFolder.bytes(path) }

    @Test func aCutDownloadIsContinuedUntilItIsWhole() async throws {
        let seen = Seen()
        let folder = try TemporaryFolder()
        try await withServer(.init(), Self.cutting(after: 100_000, seen: seen)) { url, _ in
            let client = HTTPClient()
            defer { client.close() }
            let path = "\(folder.path)/f"
            let end = try await HTTPDownload(url, to: path).run(with: client)
            #expect(try file(path) == Self.bytes)
            #expect(end.size == Self.bytes.count && end.total == Self.bytes.count)
            #expect(try folder.names() == ["f"])
            // A reset may take bytes along that were on their way, so not exactly three.
            #expect(seen.withLock { $0.first == "whole" && $0.count >= 3 })
            #expect(seen.withLock { $0.dropFirst().contains { $0.hasPrefix("bytes=") } })
        }
    }

    @Test func whatHasChangedIsBegunAnew() async throws {
        let seen = Seen()
        let folder = try TemporaryFolder()
        try await withServer(
            .init(),
            Self.cutting(after: 250_000, tags: ["\"v1\"", "\"v2\""], seen: seen)
        ) { url, _ in
            let client = HTTPClient()
            defer { client.close() }
            try await HTTPDownload(url, to: "\(folder.path)/f").run(with: client)
            #expect(try file("\(folder.path)/f") == Self.bytes)
        }
    }

    @Test func anotherRunGoesOnWhereOneEnded() async throws {
        let seen = Seen()
        let folder = try TemporaryFolder()
        try folder.write("the old one", to: "f")
        try await withServer(.init(), Self.cutting(after: 100_000, seen: seen)) { url, _ in
            let client = HTTPClient()
            defer { client.close() }
            var download = HTTPDownload(url, to: "\(folder.path)/f")
            download.failureLimit = 0
            await #expect(throws: HTTPClientError.self) { try await download.run(with: client) }
            #expect(try folder.text("f") == "the old one")
            #expect(try folder.names() == ["f", "f.part", "f.part-info"])
            download.failureLimit = 8
            let end = try await download.run(with: client)
            #expect(end.resumedSize > 0)
            #expect(try file("\(folder.path)/f") == Self.bytes)
            #expect(try folder.names() == ["f"])
        }
    }

    @Test func aServerWithoutTagsIsAskedForTheWhole() async throws {
        let folder = try TemporaryFolder()
        let count = Lock(0)
        try await withServer { request, response in
            let number = count.withLock { count in
                count += 1
                return count
            }
            #expect(request.fields[.range] == nil)
            try response.begin(length: 4)
            try await response.write(number == 1 ? "xy" : "abcd")
            if number == 1 { throw CancellationError() }
        } _: { url, _ in
            let client = HTTPClient()
            defer { client.close() }
            try await HTTPDownload(url, to: "\(folder.path)/f").run(with: client)
            #expect(try folder.text("f") == "abcd")
        }
    }

    @Test func whatIsNotThereIsToldAtOnce() async throws {
        let folder = try TemporaryFolder()
        try await withServer { _, response in
            response.status = .notFound
            try await response.send("no")
        } _: { url, _ in
            let client = HTTPClient()
            defer { client.close() }
            do {
                try await HTTPDownload(url, to: "\(folder.path)/f").run(with: client)
                Issue.record("a download of nothing")
            } catch let error as HTTPClientError {
                #expect(error.reason == .wrongStatus(.notFound))
            }
        }
    }

    @Test func aNameThatIsBeingWrittenIsRefused() async throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/f"
        try await withServer { request, response in
            // Within the first download a second begins.
            let client = HTTPClient()
            defer { client.close() }
            do {
                try await HTTPDownload("http://h/", to: path).run(with: client)
            } catch {
                try await response.send("\(error)")
            }
        } _: { url, _ in
            let client = HTTPClient()
            defer { client.close() }
            try await HTTPDownload(url, to: path).run(with: client)
            #expect(try folder.text("f") == "download to \(path): another download is writing it")
        }
    }

    @Test func noFolderIsAnErrorThatSaysWhich() async throws {
        let client = HTTPClient()
        defer { client.close() }
        await #expect {
            try await HTTPDownload("http://h/", to: "/nowhere/f").run(with: client)
        } throws: {
            "\($0)" == "download to /nowhere/f: no such file or directory (ENOENT)"
        }
    }
}

/// What a server was asked for.
private final class Seen: Sendable {
    private let all = Lock<[String]>([])

    func withLock<Result>(_ body: (inout [String]) -> Result) -> Result {
        all.withLock { body(&$0) }
    }
}

extension TemporaryFolder {
    static func bytes(_ path: String) throws -> [UInt8] {
        try Array(Data(contentsOf: URL(fileURLWithPath: path)))
    }
}

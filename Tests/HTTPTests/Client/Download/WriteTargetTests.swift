import Files
import Foundation
import Glibc
import Sockets
import Testing

/// What a path names, before it is written.
struct WriteTargetTests {
    private func target(_ path: String) throws -> WriteTarget { try WriteTarget(Array(path.utf8)) }

    private func place(_ path: String) throws -> WriteTarget.Place {
        guard case .file(let place) = try target(path) else {
            throw FileSystemSurprise.isNoFile(path)
        }
        return place
    }

    private enum FileSystemSurprise: Error { case isNoFile(String) }

    @Test func filesAndMissingOnesAreReplaced() throws {
        let folder = try TemporaryFolder()
        try folder.write("x", to: "there")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o640],
            ofItemAtPath: "\(folder.path)/there"
        )
        let there = try place("\(folder.path)/there")
        #expect(there.name == Array("there".utf8))
        #expect(there.existing?.permissions == 0o640)
        #expect(try place("\(folder.path)/missing").existing == nil)
    }

    @Test func linksAreFollowedAsTheKernelFollowsThem() throws {
        let folder = try TemporaryFolder()
        let files = FileManager.default
        try files.createDirectory(
            atPath: "\(folder.path)/a/b",
            withIntermediateDirectories: true
        )
        try folder.write("x", to: "real")
        try folder.link("a/b/up", to: "../../real")
        try folder.link("absolute", to: "\(folder.path)/a/b/up")
        try folder.link("dangling", to: "a/new")
        #expect(try place("\(folder.path)/absolute").name == Array("real".utf8))
        #expect(try place("\(folder.path)/absolute").existing != nil)
        let new = try place("\(folder.path)/dangling")
        #expect(new.name == Array("new".utf8) && new.existing == nil)
        #expect(try new.folder.status([UInt8(ascii: "b")]).kind == .directory)
        try folder.link("one", to: "two")
        try folder.link("two", to: "one")
        #expect { try target("\(folder.path)/one") } throws: { ($0 as? FileError)?.errno == ELOOP }
    }

    @Test func devicesPipesAndDescriptorsAreWrittenAsTheyAre() throws {
        let folder = try TemporaryFolder()
        try #require(unsafe mkfifo("\(folder.path)/fifo", 0o600) == 0)
        for path in ["/dev/null", "\(folder.path)/fifo", "/dev/stdout", "/dev/fd/2"] {
            guard case .stream = try target(path) else {
                Issue.record("\(path) would be replaced")
                continue
            }
        }
        guard case .stream(let null) = try target("/dev/null") else { return }
        _ = try null.open()
    }

    @Test func foldersAreNoFiles() throws {
        let folder = try TemporaryFolder()
        try folder.link("link", to: ".")
        for path in [folder.path, "\(folder.path)/", "\(folder.path)/link", ".", "..", "/", ""] {
            #expect(throws: FileError.self, "\(path)") { try target(path) }
        }
    }

    /// What is handed over to the file that takes another's place.
    @Test func permissionsOfTheReplacedFileAreKept() throws {
        let folder = try TemporaryFolder()
        try folder.write("old", to: "old")
        try folder.write("new", to: "new")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o604],
            ofItemAtPath: "\(folder.path)/old"
        )
        let old = try #require(try place("\(folder.path)/old").existing)
        let new = try place("\(folder.path)/new")
        let file = try new.folder.openForWriting(new.name, flags: 0)
        try old.handOver(to: file.number)
        #expect(try FileCalls.status(file.number).permissions == 0o604)
    }
}

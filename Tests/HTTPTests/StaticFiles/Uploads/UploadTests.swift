import Glibc
import HTTPTypes
import Testing

@testable import HTTP

@Suite struct UploadTests {
    private let folder: TemporaryFolder
    private let files: StaticFiles

    init() throws {
        folder = try TemporaryFolder()
        files = try Self.serving(folder)
    }

    static func serving(_ folder: TemporaryFolder, sizeLimit: Int = 1_000) throws -> StaticFiles {
        var options = StaticFileOptions()
        var uploads = StaticFileOptions.UploadOptions()
        uploads.sizeLimit = sizeLimit
        options.uploads = uploads
        return try StaticFiles(root: folder.path, options: options)
    }

    @Test func aFileIsThereWhenItIsWhole() throws {
        let upload = try files.upload("/a.txt", [.contentLength: "5"])
        #expect(upload.append("hello") == nil)
        #expect(try files.response("/a.txt").status == 404)
        #expect(upload.finish().status == 201)
        #expect(try folder.text("a.txt") == "hello")
        #expect(try folder.names() == ["a.txt"])
        #expect(try files.response(.options, "/").fields[.allow] == "GET, HEAD, OPTIONS, PUT")
    }

    @Test func aFileThatWasThereIsReplacedAtOnce() throws {
        try folder.write("old", to: "a.txt")
        try folder.setPermissions("a.txt", 0o640)
        let upload = try files.upload("/a.txt", [.contentLength: "3"])
        #expect(upload.append("new") == nil)
        #expect(try folder.text("a.txt") == "old")
        let response = upload.finish()
        #expect(response.status == 204)
        #expect(response.fields[.contentLength] == nil)
        #expect(try folder.text("a.txt") == "new")
        #expect(try folder.permissions("a.txt") == 0o640)
    }

    @Test func anUnknownSizeIsTaken() throws {
        let upload = try files.upload("/a.txt")
        #expect(upload.append("hello") == nil)
        #expect(upload.finish().status == 201)
        #expect(try folder.text("a.txt") == "hello")
        #expect(try folder.names() == ["a.txt"])
    }

    @Test func anEmptyFileIsAFile() throws {
        #expect(try files.upload("/a", [.contentLength: "0"]).finish().status == 201)
        #expect(try files.upload("/b").finish().status == 201)
        #expect(try folder.names() == ["a", "b"])
    }

    @Test func aCutUploadLeavesTheOldFile() throws {
        try folder.write("old", to: "a.txt")
        for fields: HTTPFields in [[:], [.contentLength: "9"]] {
            let upload = try files.upload("/a.txt", fields)
            #expect(upload.append("half") == nil)
            upload.abandon()
            #expect(upload.finish().status == 409)
            #expect(upload.append("x")?.status == 409)
            #expect(try folder.text("a.txt") == "old")
        }
        // Only the one whose size is known can be gone on with.
        #expect(try folder.names() == [".switchboard-uploads", "a.txt"])
        #expect(try folder.names(in: ".switchboard-uploads") == ["9.a.txt"])
    }

    @Test func anUploadThatIsForgottenIsAbandoned() throws {
        var upload: StaticUpload? = try files.upload("/a.txt")
        #expect(upload?.append("half") == nil)
        #expect(try folder.names().count == 1)
        upload = nil
        #expect(try folder.names() == [])
        #expect(try openDescriptors(beneath: folder) == 1)
    }

    @Test func missingBytesAreNotAFile() throws {
        let upload = try files.upload("/a.txt", [.contentLength: "9"])
        #expect(upload.append("half") == nil)
        #expect(upload.finish().status == 400)
        #expect(try files.response("/a.txt").status == 404)
    }

    @Test func moreThanWasSaidOrAllowedIsRefused() throws {
        #expect(throws: Refused(status: 413)) {
            try files.upload("/a.txt", [.contentLength: "1001"])
        }
        #expect(throws: Refused(status: 413)) {
            try files.upload("/a.txt", [.contentLength: "99999999999999999999999"])
        }
        #expect(throws: Refused(status: 413)) {
            try files.upload("/a.txt", [.contentRange: "bytes 0-9/1001"])
        }
        let said = try files.upload("/a.txt", [.contentLength: "3"])
        #expect(said.append("four")?.status == 400)
        let unsaid = try files.upload("/a.txt")
        #expect(unsaid.append(String(repeating: "x", count: 1_001))?.status == 413)
        let exact = try files.upload("/a.txt")
        #expect(exact.append(String(repeating: "x", count: 1_000)) == nil)
        #expect(exact.finish().status == 201)
        #expect(try folder.names() == ["a.txt"])
    }

    @Test func conditionsHold() throws {
        try folder.write("old", to: "a.txt")
        let tag = try #require(try files.response("/a.txt").fields[.eTag])
        let put = { try files.upload("/a.txt", $0) }
        #expect(throws: Refused(status: 412)) { try put([.ifNoneMatch: "*"]) }
        #expect(throws: Refused(status: 412)) { try put([.ifMatch: "\"x\""]) }
        #expect(throws: Refused(status: 412)) { try files.upload("/new", [.ifMatch: "*"]) }
        let upload = try put([.ifMatch: tag])
        #expect(upload.append("new") == nil)
        #expect(upload.finish().status == 204)
        #expect(throws: Refused(status: 412)) { try put([.ifMatch: tag]) }
    }

    @Test func aConditionIsLookedAtAgainAtTheEnd() throws {
        try folder.write("old", to: "a.txt")
        let tag = try #require(try files.response("/a.txt").fields[.eTag])
        let upload = try files.upload("/a.txt", [.ifMatch: tag])
        #expect(upload.append("mine") == nil)
        try folder.write("theirs", to: "a.txt")
        #expect(upload.finish().status == 412)
        #expect(try folder.text("a.txt") == "theirs")
        let new = try files.upload("/b.txt", [.ifNoneMatch: "*"])
        #expect(new.append("mine") == nil)
        try folder.write("theirs", to: "b.txt")
        #expect(new.finish().status == 412)
        #expect(try folder.names() == ["a.txt", "b.txt"])
    }

    @Test func ofTwoAtOnceTheLastToFinishHasTheName() throws {
        let first = try files.upload("/a.txt", [.contentLength: "3"])
        let second = try files.upload("/a.txt", [.contentLength: "3"])
        #expect(first.append("one") == nil)
        #expect(second.append("two") == nil)
        #expect(second.finish().status == 201)
        #expect(first.finish().status == 204)
        #expect(try folder.text("a.txt") == "one")
        #expect(try folder.names() == ["a.txt"])
    }

    @Test func nothingIsStoredOutsideOrWhereNothingIs() throws {
        let outside = try TemporaryFolder()
        try outside.write("safe", to: "a.txt")
        try folder.link("out", to: outside.path)
        try folder.link("a.txt", to: "\(outside.path)/a.txt")
        try folder.link("new.txt", to: "\(outside.path)/new.txt")
        try folder.write("", to: "dir/x")
        try folder.makeFIFO("fifo")
        let refused = { (path: String, status: Int) -> Void in
            #expect(throws: Refused(status: status), "\(path)") { try files.upload(path) }
        }
        refused("/../a.txt", 400)
        refused("/out/a.txt", 409)
        refused("/a.txt", 403)
        refused("/new.txt", 403)
        refused("/none/a.txt", 409)
        refused("/dir/x/y", 409)
        refused("/dir", 409)
        refused("/dir/", 409)
        refused("/", 409)
        refused("/fifo", 409)
        refused("/.env", 404)
        refused("/.switchboard-uploads/5.x", 404)
        try folder.link("up.txt", to: "../a.txt")
        try folder.link("loop", to: "loop")
        try folder.link("lost.txt", to: "none/x")
        try folder.link("sub", to: "dir")
        try folder.link("pipe", to: "dir/../fifo")
        refused("/up.txt", 403)
        refused("/loop", 403)
        refused("/lost.txt", 409)
        refused("/sub", 409)
        refused("/pipe", 409)
        refused("/" + String(repeating: "a", count: 256), 403)
        #expect(try outside.names() == ["a.txt"])
        #expect(try outside.text("a.txt") == "safe")
    }

    @Test func aPlantedLinkIsNotWrittenThrough() throws {
        let outside = try TemporaryFolder()
        try outside.write("safe", to: "3.a.txt")
        try folder.write("", to: ".switchboard-uploads/x")
        try folder.link(".switchboard-uploads/3.a.txt", to: "\(outside.path)/3.a.txt")
        #expect(throws: Refused.self) { try files.upload("/a.txt", [.contentLength: "3"]) }
        try folder.remove(".switchboard-uploads")
        try folder.link(".switchboard-uploads", to: outside.path)
        #expect(throws: Refused.self) { try files.upload("/a.txt", [.contentLength: "3"]) }
        #expect(try outside.text("3.a.txt") == "safe")
        #expect(try outside.names() == ["3.a.txt"])
    }

    @Test func anEncodedBodyIsNotStoredUnderAPlainName() throws {
        #expect(throws: Refused(status: 415)) {
            try files.upload("/a.txt", [.contentEncoding: "gzip"])
        }
    }

    @Test func aLongNameIsStoredToo() throws {
        let name = String(repeating: "n", count: 255)
        let upload = try files.upload("/" + name, [.contentLength: "2"])
        #expect(upload.append("ok") == nil)
        #expect(upload.finish().status == 201)
        #expect(try folder.names() == [name])
    }

    @Test func aFolderThatIsGoneMeanwhileIsAnError() throws {
        try folder.write("", to: "dir/x")
        let upload = try files.upload("/dir/a.txt")
        #expect(upload.append("x") == nil)
        try folder.remove("dir")
        #expect(upload.finish().status == 409)
    }
}

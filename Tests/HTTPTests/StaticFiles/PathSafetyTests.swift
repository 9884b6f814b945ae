import Glibc
import HTTPTypes
import Testing

@testable import HTTP

@Suite struct PathSafetyTests {
    private let outside: TemporaryFolder
    private let folder: TemporaryFolder
    private let files: StaticFiles

    init() throws {
        outside = try TemporaryFolder()
        try outside.write("secret", to: "secret.txt")
        folder = try TemporaryFolder()
        try folder.write("open", to: "in/file.txt")
        files = try StaticFiles(root: folder.path)
    }

    @Test(arguments: [
        "/../secret.txt", "/in/../../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt",
        "/in/%2e%2e/%2e%2e/secret.txt", "/%00", "/in%00", "/in/file.txt%00.png", "/%", "/%2",
        "/in%2ffile.txt", "in/file.txt", "",
    ]) func aPathThatIsNotPlainIsRefused(path: String) throws {
        #expect(try files.response(path).status == 400)
    }

    @Test func aLinkThatStaysBeneathIsFollowed() throws {
        try folder.link("link.txt", to: "in/file.txt")
        try folder.link("in/up.txt", to: "../in/file.txt")
        try folder.link("dir", to: "in")
        #expect(try files.response("/link.txt").text() == "open")
        #expect(try files.response("/in/up.txt").text() == "open")
        #expect(try files.response("/dir/file.txt").text() == "open")
    }

    @Test func aLinkThatLeavesIsNotThere() throws {
        try folder.link("absolute.txt", to: "\(outside.path)/secret.txt")
        let name = try #require(outside.path.split(separator: "/").last)
        try folder.link("relative.txt", to: "../\(name)/secret.txt")
        try folder.link("dir", to: outside.path)
        try folder.link("own.txt", to: "\(folder.path)/in/file.txt")
        try folder.write("", to: "site/x")
        try folder.link("site/index.html", to: "\(outside.path)/secret.txt")
        try folder.link("dangling", to: "nowhere")
        try folder.link("loop", to: "loop")
        try folder.link("process", to: "/proc/self/root")
        for path in [
            "/absolute.txt", "/relative.txt", "/dir/secret.txt", "/dir/", "/dir", "/own.txt",
            "/dangling", "/loop", "/process/", "/process/etc/passwd", "/site/", "/site/index.html",
        ] {
            #expect(try files.response(path).status == 404, "\(path)")
        }
        let listing = try files.response("/").text()
        #expect(listing.contains("./in/"))
        for name in ["absolute", "relative", "dir", "own", "dangling", "loop", "process"] {
            #expect(!listing.contains("href=\"./\(name)"), "\(name)")
        }
    }

    /// While a folder and a link to the outside change places as fast as they can.
    @Test func renamesAtTheWrongMomentLeadNowhere() async throws {
        try folder.link("evil", to: outside.path)
        try folder.write("open", to: "good/secret.txt")
        let path = folder.path
        let swapping = Task.detached {
            var count = 0
            while !Task.isCancelled {
                unsafe rename("\(path)/good", "\(path)/spare")
                unsafe rename("\(path)/evil", "\(path)/good")
                unsafe rename("\(path)/good", "\(path)/evil")
                unsafe rename("\(path)/spare", "\(path)/good")
                count += 1
            }
            return count
        }
        var served = 0
        for _ in 0..<20_000 {
            let response = try files.response("/good/secret.txt")
            let text = try response.text()
            #expect(text != "secret")
            if response.status == 200 { served += 1 }
        }
        swapping.cancel()
        let swaps = await swapping.value
        #expect(swaps > 0)
        #expect(served > 0)
    }

    @Test func whatIsNeitherFileNorFolderIsNotServed() throws {
        try folder.makeFIFO("fifo")
        let number = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(number) }
        try bindUnix(number, "\(folder.path)/socket")
        try folder.link("null", to: "fifo")
        // Would wait for ever if it waited.
        #expect(try files.response("/fifo").status == 404)
        #expect(try files.response("/null").status == 404)
        #expect(try files.response("/socket").status == 404)
        let listing = try files.response("/").text()
        #expect(
            !listing.contains("fifo") && !listing.contains("socket") && !listing.contains("null")
        )
    }

    @Test func aDeviceIsNotServed() throws {
        let devices = try StaticFiles(root: "/dev")
        #expect(try devices.response("/null").status == 404)
        #expect(try devices.response("/zero").status == 404)
        #expect(try devices.response("/tty").status == 404)
    }

    @Test func hiddenFilesAreNotThereUnlessAskedFor() throws {
        try folder.write("key", to: ".env")
        try folder.write("config", to: ".git/config")
        try folder.write("token", to: ".well-known/acme")
        #expect(try files.response("/.env").status == 404)
        #expect(try files.response("/.git/config").status == 404)
        #expect(try files.response("/.well-known/acme").text() == "token")
        #expect(!(try files.response("/").text().contains(".git")))
        var options = StaticFileOptions()
        options.showsHiddenFiles = true
        let shown = try StaticFiles(root: folder.path, options: options)
        #expect(try shown.response("/.env").text() == "key")
        #expect(try shown.response("/").text().contains("./.git/"))
        try folder.write("half", to: ".switchboard-uploads/10.a")
        #expect(try shown.response("/.switchboard-uploads/10.a").status == 404)
        #expect(try shown.response("/.switchboard-uploads/").status == 404)
        #expect(!(try shown.response("/").text().contains("upload")))
    }

    @Test func whatMayNotBeReadIsForbidden() throws {
        try folder.setPermissions("in/file.txt", 0)
        guard geteuid() != 0 else {
            print("skipped: whatMayNotBeReadIsForbidden, because root may read everything")
            return
        }
        #expect(try files.response("/in/file.txt").status == 403)
    }

    @Test func theRootIsTheFolderThatWasOpened() throws {
        try folder.write("old", to: "site/a.txt")
        let site = try StaticFiles(root: "\(folder.path)/site")
        try folder.rename("site", to: "moved")
        try folder.write("new", to: "site/a.txt")
        #expect(try site.response("/a.txt").text() == "old")
    }

    private func bindUnix(_ number: CInt, _ path: String) throws {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        try #require(path.utf8.count < 108)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) {
            unsafe $0.copyBytes(from: path.utf8)
        }
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(result == 0)
    }
}

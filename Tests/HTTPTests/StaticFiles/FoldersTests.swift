import Foundation
import HTTPTypes
import Testing

@testable import HTTP

@Suite struct FoldersTests {
    private let folder: TemporaryFolder
    private let files: StaticFiles

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("12345", to: "b/five.txt")
        try folder.write("", to: "b/c/x")
        files = try StaticFiles(root: folder.path)
    }

    @Test func aFolderIsRedirectedToItsSlash() throws {
        let response = try files.response("/b?sort=name")
        #expect(response.status == 301)
        #expect(response.fields[.location] == "/b/?sort=name")
        #expect(try files.response("//b").fields[.location] == "/b/")
        #expect(try files.response("/b/c/x/").status == 404)
    }

    @Test func theIndexStandsForItsFolder() throws {
        try folder.write("<p>hi", to: "b/index.html")
        let response = try files.response("/b/")
        #expect(try response.text() == "<p>hi")
        #expect(response.fields[.contentType] == "text/html; charset=utf-8")
        #expect(try files.response("/b/", [.range: "bytes=1-1"]).text() == "p")
        try folder.write("", to: "index.html/x")
        #expect(try files.response("/").text().contains("./index.html/"))
    }

    @Test func aFolderIsListed() throws {
        let response = try files.response("/b/")
        #expect(response.status == 200)
        #expect(response.fields[.contentType] == "text/html; charset=utf-8")
        #expect(response.fields[.vary] == "Accept")
        #expect(response.fields[.contentSecurityPolicy]?.hasPrefix("default-src 'none'") == true)
        let html = try response.text()
        #expect(html.contains("href=\"./c/\"") && html.contains("href=\"./five.txt\""))
        #expect(html.contains("5 B") && html.contains("href=\"../\""))
    }

    @Test(arguments: [
        ("application/json", true), ("text/html, application/json;q=0.9", false), ("*/*", false),
        ("application/*, text/*;q=0.5", true), ("text/html;q=0.1, application/json;q=0.2", true),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", false),
    ]) func programsThatPreferJSONHaveIt(accept: String, isJSON: Bool) throws {
        let response = try files.response("/b/", [.accept: accept])
        #expect((response.fields[.contentType] == "application/json") == isJSON)
    }

    @Test func theJSONIsReadByAnother() throws {
        try folder.write("x", to: "b/q\"\\\u{1}é😀.txt")
        let text = try files.response("/b/", [.accept: "application/json"]).bytes()
        let object = try JSONSerialization.jsonObject(with: Data(text)) as? [String: Any]
        let entries = try #require(object?["entries"] as? [[String: Any]])
        #expect(object?["path"] as? String == "/b/")
        #expect(entries.map { $0["name"] as? String } == ["c", "five.txt", "q\"\\\u{1}é😀.txt"])
        #expect(entries[1]["size"] as? Int == 5)
        let link = try #require(entries[2]["href"] as? String)
        #expect(try files.response("/b/" + link.dropFirst(2)).text() == "x")
    }

    @Test func aNameThatIsNotTextIsListedAndServed() throws {
        let name: [UInt8] = [0x61, 0xFF, 0x2E, 0x74, 0x78, 0x74]
        let root = Array("\(folder.path)/b/".utf8)
        let path = (root + name + [0]).map { CChar(bitPattern: $0) }
        let number = unsafe open(path, O_CREAT | O_WRONLY, 0o600)
        try #require(number >= 0)
        close(number)
        #expect(try files.response("/b/").text().contains("href=\"./a%FF.txt\""))
        #expect(try files.response("/b/a%FF.txt").status == 200)
    }

    @Test func aListingHasALimit() throws {
        var options = StaticFileOptions()
        options.listingLimit = 3
        for index in 0..<4 { try folder.write("", to: "many/\(index)") }
        let limited = try StaticFiles(root: folder.path, options: options)
        let text = try limited.response("/many/", [.accept: "application/json"]).text()
        #expect(text.contains("\"truncated\":true"))
        #expect(text.split(separator: "\"name\"").count == 4)
        try folder.write("", to: "exact/1")
        try folder.write("", to: "exact/2")
        try folder.write("", to: "exact/3")
        let exact = try limited.response("/exact/", [.accept: "application/json"]).text()
        #expect(exact.contains("\"truncated\":false"))
    }

    /// The answer is that of the index itself; the listing that it hides is never shown.
    @Test func anIndexThatCannotBeReadHidesTheListing() throws {
        try folder.makeFIFO("b/index.html")
        try hides(404, "a FIFO")
        for (target, words) in [
            ("none", "a link to nothing"), ("index.html", "a loop"), ("/etc/passwd", "a way out"),
            ("../../x", "another way out"), ("/dev/null", "a device"), ("five.txt/x", "no folder"),
        ] {
            try folder.remove("b/index.html")
            try folder.link("b/index.html", to: target)
            try hides(404, Comment(rawValue: words))
        }
        try folder.remove("b/index.html")
        try folder.link("b/index.html", to: "c")
        #expect(try files.response("/b/").text().contains("./index.html/"))
    }

    private func hides(_ status: Int, _ words: Comment) throws {
        for path in ["/b/", "/b/?after=a"] {
            let response = try files.response(path)
            #expect(response.status == status, words)
            #expect(try !response.text().contains("five.txt"), words)
        }
        #expect(try files.response(.head, "/b/").status == status, words)
    }

    @Test func listingCanBeOff() throws {
        var options = StaticFileOptions()
        options.listsFolders = false
        let quiet = try StaticFiles(root: folder.path, options: options)
        #expect(try quiet.response("/b/").status == 403)
        #expect(try quiet.response("/none/").status == 404)
    }
}

import HTTPTypes
import Testing

@testable import HTTP

@Suite struct PrecompressedTests {
    private let folder: TemporaryFolder
    private let files: StaticFiles

    init() throws {
        folder = try TemporaryFolder()
        for (name, text) in [("a.js", "plain"), ("a.js.br", "br"), ("a.js.gz", "gzip")] {
            try folder.write(text, to: name)
            try folder.setModified(name, secondsSinceEpoch: 1_600_000_000)
        }
        files = try StaticFiles(root: folder.path)
    }

    @Test func theClientsFavouriteIsSent() throws {
        let ask = { try files.response("/a.js", [.acceptEncoding: $0]) }
        #expect(try ask("gzip, br").text() == "br")
        #expect(try ask("gzip").text() == "gzip")
        #expect(try ask("gzip, br;q=0.5").text() == "gzip")
        #expect(try ask("br;q=0").text() == "plain")
        #expect(try files.response("/a.js").text() == "plain")
        #expect(try ask("zstd").fields[.contentEncoding] == nil)
    }

    @Test func itSaysWhatItIs() throws {
        let plain = try files.response("/a.js")
        let packed = try files.response("/a.js", [.acceptEncoding: "br"])
        #expect(packed.fields[.contentType] == plain.fields[.contentType])
        #expect(packed.fields[.contentEncoding] == "br")
        #expect(packed.fields[.contentLength] == "2")
        #expect(packed.fields[.vary] == "Accept-Encoding")
        #expect(plain.fields[.vary] == "Accept-Encoding")
        #expect(packed.fields[.eTag] != plain.fields[.eTag])
    }

    @Test func rangesAreOfTheFormThatIsSent() throws {
        let fields: HTTPFields = [.acceptEncoding: "gzip", .range: "bytes=2-"]
        let part = try files.response("/a.js", fields)
        #expect(part.fields[.contentRange] == "bytes 2-3/4")
        #expect(try part.text() == "ip")
        // Going on with another form than the one that was begun is the whole of it.
        let plainTag = try #require(try files.response("/a.js").fields[.eTag])
        var mixed = fields
        mixed[.ifRange] = plainTag
        #expect(try files.response("/a.js", mixed).status == 200)
        let notModified = try files.response(
            "/a.js",
            [.acceptEncoding: "gzip", .ifNoneMatch: plainTag]
        )
        #expect(notModified.status == 200)
    }

    @Test func aFormOlderThanItsFileIsNotSent() throws {
        try folder.setModified("a.js", secondsSinceEpoch: 1_600_000_001)
        #expect(try files.response("/a.js", [.acceptEncoding: "br"]).text() == "plain")
    }

    @Test func aFormWithoutItsFileIsNothing() throws {
        try folder.write("x", to: "b.js.gz")
        #expect(try files.response("/b.js", [.acceptEncoding: "gzip"]).status == 404)
        #expect(try files.response("/b.js.gz").fields[.contentType] == "application/gzip")
    }

    @Test func theFormOfAnIndexIsFound() throws {
        try folder.write("index", to: "index.html")
        try folder.setModified("index.html", secondsSinceEpoch: 1_600_000_000)
        try folder.write("packed", to: "index.html.gz")
        #expect(try files.response("/", [.acceptEncoding: "gzip"]).text() == "packed")
    }

    @Test func itCanBeOff() throws {
        var options = StaticFileOptions()
        options.usesPrecompressedFiles = false
        let plain = try StaticFiles(root: folder.path, options: options)
        let response = try plain.response("/a.js", [.acceptEncoding: "br"])
        #expect(try response.text() == "plain")
        #expect(response.fields[.vary] == nil)
    }
}

import Testing

@testable import HTTP

@Suite struct FolderListingTests {
    private func entry(_ name: String, size: Int? = 1) -> FolderListing.Entry {
        FolderListing.Entry(
            name: Array(name.utf8),
            isDirectory: size == nil,
            size: size,
            modified: HTTPDate(secondsSinceEpoch: 784_111_777)
        )
    }

    private func listing(
        _ entries: [FolderListing.Entry],
        path: [String] = []
    ) -> FolderListing {
        FolderListing(path: path.map { Array($0.utf8) }, entries: entries)
    }

    @Test func foldersComeFirstThenNames() {
        let sorted = listing([
            entry("b"), entry("B"), entry("z", size: nil), entry("a"), entry("A2"),
            entry("é", size: nil),
        ])
        #expect(sorted.entries.map(\.text) == ["z", "é", "a", "A2", "B", "b"])
    }

    @Test func namesCannotBecomeMarkup() {
        let name = "<script>alert(1)</script>\"'&\n\u{202E}txt.exe"
        let html = listing([entry(name)], path: [name]).html
        #expect(!html.contains("<script"))
        #expect(!html.contains("\u{202E}"))
        #expect(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;\u{FFFD}"))
        #expect(
            html.contains("href=\"./%3Cscript%3Ealert%281%29%3C%2Fscript%3E%22%27%26%0A%E2%80%AE")
        )
    }

    @Test func aNameIsNeverTakenForAScheme() {
        #expect(entry("javascript:alert(1)").link == "./javascript%3Aalert%281%29")
        #expect(entry("a b", size: nil).link == "./a%20b/")
    }

    @Test func theWayBackIsLinked() {
        let html = listing([], path: ["a", "b & c", "d"]).html
        #expect(
            html.contains(
                "<h1><a href=\"../../../\">/</a><a href=\"../../\">a</a>/"
                    + "<a href=\"../\">b &amp; c</a>/d/</h1>"
            )
        )
        #expect(html.contains("<title>/a/b &amp; c/d/</title>"))
        #expect(html.contains("This folder is empty."))
    }

    @Test func thePageFetchesNothing() {
        let html = listing([entry("a")]).html
        for word in ["<script", "<link", "<img", "http:", "https:", "url(", "@import"] {
            #expect(!html.contains(word), "\(word)")
        }
        #expect(html.contains("<meta charset=\"utf-8\">") && html.contains("lang=\"en\""))
    }

    @Test func aPartSaysWhereTheOthersAre() {
        let part = FolderListing(
            path: [],
            entries: [entry("b"), entry("a", size: nil)],
            isCut: true,
            previous: .start,
            next: .after(Array("a&\"é".utf8))
        )
        let html = part.html
        #expect(html.contains("1 folder, 1 file on this page, which is a part of the folder."))
        #expect(html.contains("<a rel=\"prev\" href=\"./\">Previous page</a>"))
        #expect(html.contains("<a rel=\"next\" href=\"?after=a%26%22%C3%A9\">Next page</a>"))
        // In the order they were given, which goes on over the pages.
        #expect(part.entries.map(\.text) == ["b", "a"])
        let members = #""truncated":true,"next":"?after=a%26%22%C3%A9","previous":"./"}"#
        #expect(part.json.hasSuffix(members + "\n"))
    }

    @Test(arguments: [
        (0, "0 B"), (1_023, "1023 B"), (1_024, "1.0 KiB"), (1_536, "1.5 KiB"),
        (102_399, "99.9 KiB"), (102_400, "100 KiB"), (1_048_575, "1023 KiB"),
        (1_048_576, "1.0 MiB"),
        (Int.max, "7.9 EiB"),
    ]) func sizesAreForPeople(size: Int, text: String) {
        #expect(FolderListing.sizeText(size) == text)
    }

    @Test func jsonIsTheSameForPrograms() {
        let json = listing([entry("a\"\\\n", size: 5), entry("d", size: nil)], path: ["p"]).json
        #expect(
            json == """
                {"path":"/p/","entries":[{"name":"d","href":"./d/","type":"directory",\
                "modified":"1994-11-06T08:49:37Z"},{"name":"a\\"\\\\\\u000a","href":"./a%22%5C%0A",\
                "type":"file","size":5,"modified":"1994-11-06T08:49:37Z"}],"truncated":false}

                """
        )
    }
}

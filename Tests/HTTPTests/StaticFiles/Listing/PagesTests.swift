import Foundation
import HTTPTypes
import Testing

@testable import HTTP

/// A folder of more entries than a page shows.
@Suite struct PagesTests {
    private let folder: TemporaryFolder
    private let files: StaticFiles
    private let link = HTTPField.Name("Link")

    init() throws {
        folder = try TemporaryFolder()
        var options = StaticFileOptions()
        options.listingLimit = 3
        files = try StaticFiles(root: folder.path, options: options)
    }

    private struct Page: Decodable {
        struct Entry: Decodable { let name: String }
        let entries: [Entry]
        let truncated: Bool
        let next: String?
        let previous: String?
        var names: [String] { entries.map(\.name) }
    }

    private func page(_ query: String = "") throws -> Page {
        let response = try files.response("/many/" + query, [.accept: "application/json"])
        #expect(response.status == 200)
        let page = try JSONDecoder().decode(Page.self, from: Data(response.bytes()))
        let links = [
            page.next.map { "<\($0)>; rel=\"next\"" },
            page.previous.map { "<\($0)>; rel=\"prev\"" },
        ]
        .compactMap(\.self)
        #expect(
            link.flatMap { response.fields[$0] }
                == (links.isEmpty ? nil : links.joined(separator: ", "))
        )
        #expect(page.truncated == (page.next != nil))
        return page
    }

    private func make(_ names: [String]) throws {
        for name in names { try folder.write("", to: "many/\(name)") }
    }

    /// Follows the pages from one on, by their own links.
    private func follow(_ way: KeyPath<Page, String?>, from start: Page) throws -> [Page] {
        var pages = [start]
        while let link = pages.last?[keyPath: way] {
            pages.append(try page(link == "./" ? "" : link))
            try #require(pages.count < 100)
        }
        return pages
    }

    @Test(arguments: [0, 1, 2, 3, 4, 6, 7, 9, 10, 31])
    func allNamesAreOnThePagesOnceAndInTheOrderOfTheirBytes(count: Int) throws {
        try folder.write("", to: "many/.hidden")
        let names = (0..<count).map { "file-\($0)" }
        try make(names.shuffled())
        let pages = try follow(\.next, from: page())
        #expect(
            pages.flatMap(\.names) == names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        )
        #expect(pages.count == max(1, (count + 2) / 3))
        let last = try #require(pages.last)
        let back = try follow(\.previous, from: last)
        #expect(back.reversed().map(\.names).flatMap(\.self).sorted() == names.sorted())
    }

    /// To whom NFC and NFD of a name are one, a file is lost at the border of a page.
    @Test func namesThatLookAlikeAreDifferentNames() throws {
        let names = [
            "a", "e\u{301}", "\u{e9}", "\u{212B}", "\u{C5}", "a b", "a&b", "a+b", "a%b", "?#",
        ]
        try make(names)
        let pages = try follow(\.next, from: page())
        let found = pages.flatMap(\.names).map { Array($0.utf8) }
        #expect(found.count == names.count)
        #expect(Set(found) == Set(names.map { Array($0.utf8) }))
    }

    @Test func namesThatComeAndGoMoveNoOther() throws {
        try make((0..<9).map { "\($0)" })
        let first = try page()
        try folder.remove("many/2")
        try folder.remove("many/0")
        try make(["00"])
        #expect(try page(#require(first.next)).names == ["3", "4", "5"])
    }

    @Test func aPlaceBeyondTheEndLeadsBack() throws {
        try make(["1", "2", "3", "4"])
        let page = try page("?after=z")
        #expect(page.names.isEmpty && page.next == nil && page.previous == "./")
        #expect(try self.page("?before=0").names.isEmpty)
        #expect(try self.page("?before=0").next == "./")
    }

    @Test func whatAnotherQueryMeansIsNotOurs() throws {
        try make(["1", "2", "3", "4"])
        #expect(try page("?C=M&O=A").names == ["1", "2", "3"])
        #expect(try page("?x=1&after=1").names == ["2", "3", "4"])
        #expect(try files.response("/many/?after=%2").status == 400)
        #expect(try files.response("/many/?after=%00").status == 400)
        #expect(try files.response("/many/?after=a%2Fb").status == 400)
    }

    @Test func whatIsNotServedTakesNoNameFromThePages() throws {
        try make(["1", "3", "5", "7", "9"])
        for index in stride(from: 0, to: 10, by: 2) { try folder.link("many/\(index)", to: "none") }
        let pages = try follow(\.next, from: page())
        #expect(pages.flatMap(\.names) == ["1", "3", "5", "7", "9"])
    }

    @Test func thePageIsTheSameForPeople() throws {
        try make(["1", "2", "3", "4", "5", "6", "7"])
        let html = try files.response("/many/?after=3").text()
        #expect(html.contains("<a rel=\"next\" href=\"?after=6\">"))
        #expect(html.contains("<a rel=\"prev\" href=\"?before=4\">"))
        #expect(html.contains("href=\"./4\"") && !html.contains("href=\"./3\""))
    }
}

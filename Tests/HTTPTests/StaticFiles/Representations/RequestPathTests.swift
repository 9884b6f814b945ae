import Testing

@testable import HTTP

@Suite struct RequestPathTests {
    private func names(_ target: String) throws -> [String] {
        try RequestPath(parsing: target).segments.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func aPathIsDecodedOnce() throws {
        #expect(try names("/") == [])
        #expect(try names("/a/b.txt") == ["a", "b.txt"])
        #expect(try names("/a%20b/%C3%A9?x=/%2F") == ["a b", "é"])
        #expect(try names("/%2541") == ["%41"])
        #expect(try names("/%252e%252e/x") == ["%2e%2e", "x"])
        #expect(try names("//a///b/") == ["a", "b"])
        #expect(try names("/a+b") == ["a+b"])
        #expect(try names("/...") == ["..."])
    }

    @Test(arguments: [
        "", "a", "*", "http://host/", "/%", "/%4", "/%zz", "/% 1", "/a%2Fb", "/a%2fb", "/%00",
        "/a#b",
        "?", "/%+1", "/\u{0}",
    ]) func whatIsNotAPathIsMalformed(target: String) {
        #expect(throws: RequestPath.Problem.malformed) { try RequestPath(parsing: target) }
    }

    @Test(arguments: [
        "/..", "/../etc/passwd", "/a/../b", "/.", "/a/./b", "/%2e%2e/x", "/.%2E", "/a/..",
    ])
    func dotSegmentsAreRefused(target: String) {
        #expect(throws: RequestPath.Problem.dotSegment) { try RequestPath(parsing: target) }
    }

    @Test func whatTheKernelWouldNotTakeIsTooLong() throws {
        let limit = RequestPath.sizeLimit
        #expect(try names("/" + String(repeating: "a", count: limit - 1)).count == 1)
        for target in [
            String(repeating: "a", count: limit), String(repeating: "a", count: 1_000_000),
            String(repeating: "%61", count: limit),
        ] {
            #expect(throws: RequestPath.Problem.tooLong) { try RequestPath(parsing: "/" + target) }
        }
    }

    @Test func aSlashAtTheEndIsADirectory() throws {
        #expect(try RequestPath(parsing: "/").isDirectory)
        #expect(try RequestPath(parsing: "/a/?b").isDirectory)
        #expect(try !RequestPath(parsing: "/a?b/").isDirectory)
    }

    @Test func aRedirectNeverNamesAnotherHost() throws {
        let location = { try RequestPath(parsing: $0).asDirectory }
        #expect(try location("/a?q=1&r=%20") == "/a/?q=1&r=%20")
        #expect(try location("//evil.example") == "/evil.example/")
        #expect(try location("/%5Cevil.example") == "/%5Cevil.example/")
        #expect(try location("/\\evil.example") == "/%5Cevil.example/")
        #expect(try location("/a%0D%0AX: y") == "/a%0D%0AX%3A%20y/")
    }

    @Test func namesWithADotAreHidden() throws {
        let isHidden = { try RequestPath(parsing: $0).isHidden }
        #expect(try isHidden("/.git/config"))
        #expect(try isHidden("/a/.env"))
        #expect(try isHidden("/%2egit"))
        #expect(try isHidden("/a/.well-known/x"))
        #expect(try !isHidden("/.well-known/acme"))
        #expect(try !isHidden("/a.b/c"))
    }

    @Test func bytesThatAreNotTextArePaths() throws {
        let path = try RequestPath(parsing: "/%FF%FE")
        #expect(path.segments == [[0xFF, 0xFE]])
        #expect(path.relativePath == [0xFF, 0xFE])
        #expect(path.asDirectory == "/%FF%FE/")
    }
}

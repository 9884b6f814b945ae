import HTTP
import Testing

struct HTTPURLTests {
    @Test(arguments: [
        ("http://h", "h", 80, "/", "http://h/"),
        ("HTTP://EXAMPLE.org:80/a", "example.org", 80, "/a", "http://example.org/a"),
        ("https://h:8443/a?b=c#d", "h", 8443, "/a?b=c", "https://h:8443/a?b=c"),
        ("https://h:443", "h", 443, "/", "https://h/"), ("http://h:/", "h", 80, "/", "http://h/"),
        ("ws://127.0.0.1:1/chat", "127.0.0.1", 1, "/chat", "ws://127.0.0.1:1/chat"),
        ("wss://[::1]/", "[::1]", 443, "/", "wss://[::1]/"),
        (
            "http://[2001:DB8::1]:65535/x", "[2001:db8::1]", 65535, "/x",
            "http://[2001:db8::1]:65535/x"
        ),
        ("http://h?q", "h", 80, "/?q", "http://h/?q"),
        ("http://h/?", "h", 80, "/?", "http://h/?"),
        (
            "http://h/a b\"<>|ä", "h", 80, "/a%20b%22%3C%3E%7C%C3%A4",
            "http://h/a%20b%22%3C%3E%7C%C3%A4"
        ),
        ("http://h/%2f%41?x y?/", "h", 80, "/%2f%41?x%20y?/", "http://h/%2f%41?x%20y?/"),
        ("http://h/a/./b/../c", "h", 80, "/a/c", "http://h/a/c"),
        ("http://h/../../a", "h", 80, "/a", "http://h/a"),
        ("http://h/a/..", "h", 80, "/", "http://h/"),
        ("http://h/a\\b", "h", 80, "/a%5Cb", "http://h/a%5Cb"),
        ("http://h//a", "h", 80, "//a", "http://h//a"),
    ])
    func readsWhatAURLSays(
        _ text: String,
        _ host: String,
        _ port: UInt16,
        _ target: String,
        _ written: String
    ) throws {
        let url = try HTTPURL(text)
        #expect("\(url.host)" == host)
        #expect(url.port == port)
        #expect(url.target == target)
        #expect("\(url)" == written)
        #expect(try HTTPURL("\(url)") == url)
    }

    @Test(arguments: [
        ("", 0), ("h/a", 0), ("//h/a", 0), ("ftp://h/", 0), ("http:h", 5), ("http:///a", 7),
        ("http://", 7), ("http://u:p@h/", 10), ("http://h:0/", 9), ("http://h:65536/", 9),
        ("http://h:99999999999999999999/", 9), ("http://h:8a/", 9), ("http://h:-1/", 9),
        ("http://[::1/", 7), ("http://[fe80::1%nosuch0]/", 16), ("http://::1/", 8),
        ("http://*/", 7),
        ("http://h h/", 8), ("http://1.2.3/", 7), ("http://a..b/", 9), ("http://h/%", 9),
        ("http://h/%4", 9), ("http://h/%zz", 9), ("http://h/a\nb", 10), ("http://h/\u{7f}", 9),
        ("http://h%41/", 8), ("http://0x7f.1/", 12), ("http://[::1]x/", 7),
    ])
    func refusesWhatIsNone(_ text: String, _ offset: Int) {
        #expect { try HTTPURL(text) } throws: { error in
            let error = error as? HTTPURLError
            return error?.input == text && (error.map { abs($0.offset - offset) <= 6 } ?? false)
        }
    }

    @Test func saysWhatAndWhere() {
        // Not literals: those would stop the program.
        let (port, user) = ("http://h:99999/", "http://u@h/")
        #expect { try HTTPURL(port) } throws: {
            "\($0)" == "URL \"http://h:99999/\" at byte 9: the port is over 65535"
        }
        #expect { try HTTPURL(user) } throws: {
            "\($0)" == "URL \"http://…@h/\" at byte 8: user information does not belong in a URL"
        }
    }

    @Test func hostileTextIsEscapedAndCutWhenPrinted() {
        let text = "http://h/\u{1b}[2J" + String(repeating: "a", count: 10_000)
        #expect { try HTTPURL(text) } throws: {
            let line = "\($0)"
            return line.utf8.count < 200 && line.utf8.allSatisfy { $0 >= 0x20 }
        }
    }

    @Test func partsOfTheTarget() {
        let url: HTTPURL = "http://h/a/b.txt?x?y"
        #expect(url.path == "/a/b.txt")
        #expect(url.query == "x?y")
        #expect(url.lastPathComponent == "b.txt")
        #expect(HTTPURL("http://h/a/").lastPathComponent == "")
    }

    @Test func anyBytesAreReadOrRefused() {
        var random = SystemRandomNumberGenerator()
        let pieces = [
            "http", ":", "//", "h", "[", "]", "::1", "%", "/", "..", ".", "?", "#", "@", "ä", "1",
        ]
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 0..<12, using: &random))
                .map { _ in pieces.randomElement(using: &random)! }.joined()
            guard let url = try? HTTPURL("http:" + text) else { continue }
            #expect(url.target.hasPrefix("/"), "\(text)")
            #expect((try? HTTPURL("\(url)")) == url, "\(text)")
        }
    }
}

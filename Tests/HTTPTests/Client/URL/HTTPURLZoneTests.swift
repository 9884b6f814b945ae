import HTTP
import Sockets
import Testing

/// IPv6 zones in URLs: RFC 6874, and as curl takes them.
///
/// Loopback has index 1 on Linux.
struct HTTPURLZoneTests {
    @Test(arguments: [
        "http://[fe80::1%25lo]:8080/f", "http://[fe80::1%lo]:8080/f", "http://[fe80::1%251]:8080/f",
        "http://[fe80::1%1]:8080/f",
    ])
    func aZoneIsReadInEitherForm(text: String) throws {
        let url = try HTTPURL(text)
        #expect(url.host == .ip(.v6(IPv6Address(highBits: 0xFE80 << 48, lowBits: 1, zone: 1))))
        #expect(url.authority == "[fe80::1]:8080")
        #expect("\(url)" == "http://[fe80::1%25lo]:8080/f")
        #expect("\(url.origin)" == "http://[fe80::1%25lo]:8080")
        #expect(try HTTPURL("\(url)") == url)
    }

    @Test(arguments: [
        "http://[fe80::1%]/", "http://[fe80::1%25nosuch0]/", "http://[fe80::1%nosuch0]/",
    ])
    func aZoneThatIsNoneIsRefused(text: String) {
        #expect(throws: HTTPURLError.self) { try HTTPURL(text) }
    }

    @Test(arguments: ["ws://[fe80::1%25lo]/", "ws://[fe80::1%lo]/", "wss://[fe80::1%25lo]:443/"])
    func webSocketEndpointsReadBothToo(text: String) throws {
        let endpoint = try Endpoint(text)
        #expect(endpoint.host == .ip(.v6(IPv6Address(highBits: 0xFE80 << 48, lowBits: 1, zone: 1))))
    }

    @Test(arguments: [
        ("/g", "http://[fe80::1%25lo]/g"), ("http://[fe80::1]/g", "http://[fe80::1%25lo]/g"),
        ("//[fe80::2]:81/g", "http://[fe80::2%25lo]:81/g"),
        ("https://[fe80::1]/", "https://[fe80::1%25lo]/"),
        ("http://[fe80::1%25lo]/g", "http://[fe80::1%25lo]/g"),
        ("http://[2001:db8::1]/", "http://[2001:db8::1]/"), ("http://h/", "http://h/"),
        ("http://[fe80::1%252]/", nil),
    ])
    func aRedirectStaysOnItsLink(_ location: String, _ expected: String?) throws {
        let page: HTTPURL = "http://[fe80::1%25lo]/a"
        #expect((try? page.resolving(location)).map { "\($0)" } == expected)
    }

    @Test func aServerElsewhereDoesNotChooseALinkOfOurs() {
        let page: HTTPURL = "http://example.org/"
        #expect(throws: HTTPURLError.self) { try page.resolving("http://[fe80::1%25lo]/") }
    }
}

import Sockets
import Testing

@Suite struct EndpointTests {
    /// Text in, canonical text out.
    @Test(arguments: [
        ("localhost:12345", "tcp://localhost:12345"), ("tcp://h:1", "tcp://h:1"),
        ("udp://[::1]:53", "udp://[::1]:53"), ("unix:/run/x", "unix:/run/x"),
        ("unix:@abstract", "unix:@abstract"), ("unix-datagram:/run/x", "unix-datagram:/run/x"),
        ("unix-seqpacket:/run/x", "unix-seqpacket:/run/x"),
        ("tls://h:443", "tls://h:443"), ("ws://h/p", "ws://h/p"), ("wss://h/p", "wss://h/p"),
        ("[::1]:80", "tcp://[::1]:80"), ("[fe80::1%lo]:80", "tcp://[fe80::1%lo]:80"),
        ("[fe80::1%1]:80", "tcp://[fe80::1%lo]:80"), (":12345", "tcp://*:12345"),
        ("*:12345", "tcp://*:12345"), ("tcp://:80", "tcp://*:80"), ("udp://*:0", "udp://*:0"),
        ("h:0", "tcp://h:0"), ("h:65535", "tcp://h:65535"), ("1.2.3.4:5", "tcp://1.2.3.4:5"),
        ("[0:0::1]:80", "tcp://[::1]:80"), ("[::ffff:1.2.3.4]:80", "tcp://[::ffff:1.2.3.4]:80"),
        ("TCP://H:1", "tcp://h:1"), ("Unix:/Run/X", "unix:/Run/X"),
        ("UNIX-Datagram:x", "unix-datagram:x"),
        ("WSS://Example.COM/Path", "wss://example.com/Path"), ("ws://h", "ws://h/"),
        ("ws://h:80", "ws://h/"), ("ws://h:443/", "ws://h:443/"), ("wss://h:443/p", "wss://h/p"),
        ("wss://h:80", "wss://h:80/"), ("ws://h:8080/a/b?c=d&e=/?:@", "ws://h:8080/a/b?c=d&e=/?:@"),
        ("ws://h?q=1", "ws://h/?q=1"), ("ws://h:81?q", "ws://h:81/?q"),
        ("ws://[::1]", "ws://[::1]/"),
        ("ws://[::1]:81/%20", "ws://[::1]:81/%20"), ("ws://:81/", "ws://*:81/"),
        ("ws://*", "ws://*/"),
        ("ws://h//a", "ws://h//a"), ("unix:relative/x", "unix:relative/x"), ("unix:80", "unix:80"),
        ("unix:///run/x", "unix:/run/x"), ("unix:*", "unix:*"), ("unix:/a:b", "unix:/a:b"),
        ("unix:/a?b#c@d", "unix:/a?b#c@d"), ("unix:@a\\x00b", "unix:@a\\x00b"),
        ("example.com.:80", "tcp://example.com.:80"), ("a_b-c.d:1", "tcp://a_b-c.d:1"),
        ("3com.example:1", "tcp://3com.example:1"), ("xn--nxasmq6b:1", "tcp://xn--nxasmq6b:1"),
        ("Bücher.example:80", "tcp://xn--bcher-kva.example:80"),
        ("日本。example:80", "tcp://xn--wgv71a.example:80"),
        ("0x.example:1", "tcp://0x.example:1"), ("1.2.3.4.example:1", "tcp://1.2.3.4.example:1"),
    ])
    func everyFormIsReadAndOneIsPrinted(text: String, canonical: String) throws {
        let endpoint = try Endpoint(text)
        #expect(endpoint.description == canonical)
        #expect(try Endpoint(canonical) == endpoint)
    }

    @Test(arguments: [
        BadText("", 0, "it is empty: write host:port"),
        BadText("8080", 0, "a number alone is no endpoint: for a port write :8080"),
        BadText("localhost", 9, "a port is missing here: tcp has no default"),
        BadText("tls://h", 7, "a port is missing here: tls has no default"),
        BadText("1.2.3.4", 7, "a port is missing here"),
        BadText("[::1]", 5, "a port is missing here"),
        BadText("/run/x", 0, "write unix: before it"), BadText("@name", 0, "write unix: before it"),
        BadText("::1:80", 0, "write an IPv6 address in brackets, as in [::1]:80"),
        BadText("::1", 0, "in brackets"), BadText("fe80::1%lo:80", 0, "in brackets"),
        BadText("udp://::1:53", 6, "in brackets"), BadText("h:80:81", 0, "in brackets"),
        BadText("tcp://", 6, "a host is missing here"),
        BadText("ws:///p", 5, "a host is missing here"),
        BadText("ws://?q", 5, "a host is missing here"),
        BadText("://h:1", 0, "the scheme '' is not one of tcp, udp, unix"),
        BadText("http://h:1", 0, "the scheme 'http' is not one of"),
        BadText("tcp4://h:1", 0, "the scheme 'tcp4'"),
        BadText("t p://h:1", 0, "the scheme 't p'"),
        BadText("udp:53", 4, "'//' is missing here: write udp://host:port"),
        BadText("ws:/h", 3, "'//' is missing here"), BadText("tcp:", 4, "'//' is missing here"),
        BadText("h:", 2, "a port is missing here, a number from 0 to 65535"),
        BadText(":", 1, "a port is missing here"),
        BadText("ws://h:/p", 7, "a port is missing here"),
        BadText("h:65536", 2, "port 65536 is over 65535"),
        BadText("h:99999999999999999999", 2, "port 9999999999999999... is over 65535"),
        BadText("h:+80", 2, "'+' is in the port"), BadText("h:-1", 2, "'-' is in the port"),
        BadText("h: 80", 2, "a space is in the port"),
        BadText("h:80 ", 4, "a space is in the port"),
        BadText("h:080", 2, "the port has a leading zero"), BadText("h:00", 2, "leading zero"),
        BadText("h:8o", 3, "'o' is in the port"), BadText("h:http", 2, "'h' is in the port"),
        BadText("h:80\0", 4, "a NUL byte is in the port"),
        BadText("h:\u{0661}", 2, "a non-ASCII character is in the port"),
        BadText("h:1/", 3, "tcp takes no path, only ws and wss do"),
        BadText("tls://h:1/p", 9, "tls takes no path"),
        BadText("udp://h:1?q", 9, "udp takes no path"),
        BadText("ws://h/a#b", 8, "'#' is not allowed in a path"),
        BadText("ws://h#b", 6, "a path begins with '/'"),
        BadText("ws://h/a b", 8, "a space is not allowed in a path"),
        BadText("ws://h/a\r\nHost: x", 8, "a control character (\\x0D) is not allowed in a path"),
        BadText("ws://h/é", 7, "a non-ASCII character is not allowed in a path: percent-encode it"),
        BadText("user@h:1", 4, "an endpoint takes no user name"),
        BadText("ws://u:p@h/", 8, "no user name"),
        BadText("tcp://u:p@h:1", 9, "no user name"),
        BadText("[::1]80", 5, "only a ':' and a port may follow"),
        BadText("[::1]x:80", 5, "only a ':' and a port may follow"),
        BadText("[::1:80", 0, "this '[' has no ']'"),
        BadText("[localhost]:80", 1, "'l' stands where a hex digit should"),
        BadText("h]:80", 1, "']' is not allowed in a host name"),
        BadText("h%20:80", 1, "'%' is not allowed in a host name"),
        BadText("[::1/x]:80", 4, "'/' is not expected in an IPv6 address"),
        BadText("b\u{202E}cher.example:80", 0, "U+202E is not allowed in a host name"),
        BadText("a.ﬁ.example:80", 2, "U+FB01 is not allowed in a host name"),
        BadText("a b:80", 1, "a space is not allowed in a host name"),
        BadText(" h:80", 0, "a space is not allowed"),
        BadText("**:80", 0, "'*' is not allowed in a host name"),
        BadText("*.example:80", 0, "'*' is not allowed"),
        BadText("a..b:80", 2, "no empty part"), BadText(".a:80", 0, "no empty part"),
        BadText("a..:80", 2, "no empty part"),
        BadText("-a.b:80", 0, "begins or ends with '-'"),
        BadText("a.b-:80", 3, "begins or ends with '-'"),
        BadText("a.-:80", 2, "begins or ends with '-'"),
        BadText("1.2.3:80", 5, "four numbers, this one only 3"),
        BadText("1.2.3.256:80", 6, "256 is over 255"),
        BadText("1.2.3.4.:80", 7, "an IPv4 address ends before this"),
        BadText("127.1:80", 5, "four numbers, this one only 2"),
        BadText("2130706433:80", 0, "2130706433 is over 255"),
        BadText(".:80", 0, "'.' stands where a number"),
        BadText("0x7f.1:80", 5, "does not end in a number"),
        BadText("0x7f000001:80", 0, "does not end in a number"),
        BadText("a.0X7F:80", 2, "does not end in a number"),
        BadText("a.1:80", 2, "does not end in a number"),
        BadText("a.1.:80", 2, "does not end in a number"),
        BadText("unix:", 5, "a path or an abstract name (@name) is missing"),
        BadText("unix:@", 6, "a name is missing after '@'"),
        BadText("unix://run/x", 5, "write unix:/run/x"), BadText("unix:/a\0b", 7, "a NUL byte"),
        BadText(
            "unix-datagram:" + String(repeating: "x", count: 140),
            121,
            "the path is 140 bytes long, over the limit of 107"
        ),
        BadText(String(repeating: "a", count: 64) + ".b:1", 0, "is 64 bytes long, over 63"),
        BadText(
            String(repeating: "a.", count: 127) + "b:1",
            0,
            "the host name is 255 bytes long, over 253"
        ),
    ])
    func anythingElseIsRefusedWhereItGoesWrong(bad: BadText) {
        bad.check { text throws(AddressParseError) in try Endpoint(text) }
    }

    @Test func namesUpToTheLimitsAreRead() throws {
        let label = String(repeating: "a", count: 63)
        let longest = [label, label, label, String(label.dropLast(2))].joined(separator: ".")
        #expect(longest.utf8.count == 253)
        #expect(try Endpoint("\(longest):1").host == .name(longest))
        #expect(try Endpoint("\(longest).:1").host == .name(longest + "."))
    }

    @Test func partsAreGivenBack() throws {
        let web: Endpoint = "wss://Example.com:8443/chat?room=1"
        #expect(web.scheme == .wss)
        #expect(web.host == .name("example.com"))
        #expect(web.port == 8443)
        #expect(web.path == "/chat?room=1")
        #expect(web.socketAddress == nil)
        let all: Endpoint = ":0"
        #expect(all.host == .any)
        #expect(all.socketAddress == nil)
        let local: Endpoint = "udp://127.0.0.1:53"
        #expect(local.socketAddress == .v4(.loopback, port: 53))
        let unix: Endpoint = "unix:@x"
        #expect(try unix.host == .unix(UnixAddress(abstract: "x")))
        #expect(try unix.socketAddress == .unix(UnixAddress(abstract: "x")))
        #expect(unix.port == 0)
        #expect(unix.path == "")
    }

    @Test func aLiteralIsAnEndpoint() throws {
        let endpoint: Endpoint = "localhost:12345"
        #expect(try endpoint == Endpoint(scheme: .tcp, host: .name("localhost"), port: 12345))
    }

    @Test func aBadLiteralStopsTheProgramWithTheSentence() async throws {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent])
        {
            let endpoint: Endpoint = "localhost:99999"
            _ = endpoint
        }
        let words = try String(decoding: #require(result).standardErrorContent, as: UTF8.self)
        #expect(words.contains("invalid endpoint 'localhost:99999': port 99999 is over 65535"))
    }

    @Test func partsMakeTheSameEndpointAsText() throws {
        #expect(try Endpoint(scheme: .ws, host: .name("H")).description == "ws://h/")
        #expect(try Endpoint(scheme: .ws, host: .any, path: "?q").description == "ws://*/?q")
        #expect(
            try Endpoint(scheme: .wss, host: .name("1.2.3.4"), port: 1, path: "/p")
                == Endpoint(
                    scheme: .wss,
                    host: .ip(.v4(IPv4Address(1, 2, 3, 4))),
                    port: 1,
                    path: "/p"
                )
        )
        #expect(
            try Endpoint(scheme: .tcp, host: .name("::1"), port: 1).description == "tcp://[::1]:1"
        )
        #expect(try Endpoint(scheme: .tcp, host: .name("*"), port: 1).host == .any)
        let unix = Endpoint.Host.unix(.unnamed)
        #expect(try Endpoint(scheme: .unixDatagram, host: unix).description == "unix-datagram:*")
    }

    @Test func partsThatDoNotGoTogetherAreRefused() {
        let unix = Endpoint.Host.unix(.unnamed)
        BadText("", 0, "a Unix address has no port and no path").check {
            _ throws(AddressParseError) in try Endpoint(scheme: .tcp, host: unix)
        }
        BadText("", 0, "a Unix address has no port and no path").check {
            _ throws(AddressParseError) in try Endpoint(scheme: .unix, host: unix, port: 80)
        }
        BadText("", 0, "unix takes a Unix address, not a host").check {
            _ throws(AddressParseError) in try Endpoint(scheme: .unix, host: .any)
        }
        BadText("", 0, "tcp has no default port").check {
            _ throws(AddressParseError) in try Endpoint(scheme: .tcp, host: .any)
        }
        BadText("/p", 0, "udp takes no path").check {
            path throws(AddressParseError) in
            try Endpoint(scheme: .udp, host: .any, port: 1, path: path)
        }
        BadText("chat", 0, "a path begins with '/'").check {
            path throws(AddressParseError) in try Endpoint(scheme: .ws, host: .any, path: path)
        }
        BadText("a b", 1, "a space is not allowed in a host name").check {
            name throws(AddressParseError) in try Endpoint(scheme: .ws, host: .name(name))
        }
        BadText("", 0, "it is empty").check {
            name throws(AddressParseError) in try Endpoint(scheme: .ws, host: .name(name))
        }
    }

    @Test(arguments: [
        ("localhost", "localhost"), ("*", "*"), ("1.2.3.4", "1.2.3.4"), ("::1", "[::1]"),
        ("[::1]", "[::1]"), ("[fe80::1%lo]", "[fe80::1%lo]"), ("Example.COM.", "example.com."),
    ])
    func aHostAloneIsRead(text: String, canonical: String) throws {
        let host = try Endpoint.Host(text)
        #expect(host.description == canonical)
        #expect(try Endpoint.Host(canonical) == host)
    }

    @Test func resolvedAddressesAreEndpoints() throws {
        let v4 = SocketAddress.v4(.loopback, port: 80)
        #expect(Endpoint(v4).description == "tcp://127.0.0.1:80")
        #expect(Endpoint(v4, isDatagram: true).description == "udp://127.0.0.1:80")
        #expect(Endpoint(v4).socketAddress == v4)
        #expect(Endpoint(.v6(.any, port: 0)).description == "tcp://[::]:0")
        let unix = try SocketAddress.unix(UnixAddress(path: "/x"))
        #expect(Endpoint(unix).description == "unix:/x")
        #expect(Endpoint(unix, isDatagram: true).description == "unix-datagram:/x")
    }

    @Test func schemesKnowTheirPortsAndKinds() {
        #expect(Endpoint.Scheme.allCases.filter { $0.defaultPort != nil } == [.ws, .wss])
        #expect(Endpoint.Scheme.allCases.filter(\.isWebSocket) == [.ws, .wss])
        #expect(
            Endpoint.Scheme.allCases.filter(\.isUnix) == [.unix, .unixDatagram, .unixSeqpacket]
        )
        #expect(Endpoint.Scheme.allCases.filter(\.isDatagram) == [.udp, .unixDatagram])
    }
}

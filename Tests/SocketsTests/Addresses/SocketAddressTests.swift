import Sockets
import Testing

@Suite struct SocketAddressTests {
    @Test(arguments: [
        "127.0.0.1:80", "0.0.0.0:0", "255.255.255.255:65535", "[::]:0", "[::1]:80",
        "[2001:db8::1]:443", "[::ffff:1.2.3.4]:1", "[fe80::1%lo]:80", "[fe80::1%4294967295]:80",
        "unix:/run/x", "unix:relative", "unix:@name", "unix:*", "unix:\\x2A", "unix:/a b",
    ])
    func canonicalTextIsReadAndPrinted(text: String) throws {
        #expect(try SocketAddress(text).description == text)
    }

    @Test func otherTextsOfTheSameAddressAreRead() throws {
        #expect(try SocketAddress("[0:0::0:1]:80") == .v6(.loopback, port: 80))
        #expect(try SocketAddress("UNIX:/x") == .unix(UnixAddress(path: "/x")))
        #expect(try SocketAddress("unix:///x") == .unix(UnixAddress(path: "/x")))
    }

    @Test(arguments: [
        BadText("", 0, "no IP address is here, nor unix:"),
        BadText("localhost:80", 0, "no IP address is here, nor unix:"),
        BadText(":80", 0, "no IP address is here"), BadText("*:80", 0, "no IP address is here"),
        BadText("1.2.3.4", 7, "a port is missing here"),
        BadText("1.2.3.4:", 8, "a port is missing"),
        BadText("1.2.3.4:x", 8, "'x' is in the port, which takes digits only"),
        BadText("1.2.3.4:80x", 10, "'x' is in the port"),
        BadText("1.2.3.4:+80", 8, "'+' is in the port"),
        BadText("1.2.3.4:080", 8, "the port has a leading zero"),
        BadText("1.2.3.4:65536", 8, "port 65536 is over 65535"),
        BadText("1.2.3:80", 5, "four numbers, this one only 3"),
        BadText("1.2.3.4/8", 7, "'/' is not expected here"),
        BadText("::1", 0, "write an IPv6 address in brackets"),
        BadText("::1:80", 0, "write an IPv6 address in brackets"),
        BadText("[::1]", 5, "a port is missing here"),
        BadText("[::1", 0, "this '[' has no ']'"),
        BadText("[::1]80", 5, "'8' is not expected here"),
        BadText("[::1:80", 0, "this '[' has no ']'"),
        BadText("[]:80", 1, "']' stands where a hex digit should"),
        BadText("[1.2.3.4]:80", 1, "only 2 and no '::'"),
        BadText("[::1%]:80", 5, "interface is missing"),
        BadText("[::1x]:80", 4, "'x' is not expected in an IPv6 address"),
        BadText("unix:", 5, "is missing here"),
        BadText("unix://host/x", 5, "write unix:/run/x"),
        BadText("tcp://1.2.3.4:80", 0, "several colons"),
    ])
    func anythingElseIsRefusedWhereItGoesWrong(bad: BadText) {
        bad.check { text throws(AddressParseError) in try SocketAddress(text) }
    }

    @Test func partsAreGivenBack() throws {
        let v4 = SocketAddress(.v4(.loopback), port: 80)
        #expect(v4 == .v4(.loopback, port: 80))
        #expect(v4.ip == .v4(.loopback))
        #expect(v4.port == 80)
        let v6 = SocketAddress(.v6(.any), port: 0)
        #expect(v6.ip == .v6(.any))
        #expect(v6.port == 0)
        let unix = try SocketAddress.unix(UnixAddress(path: "/x"))
        #expect(unix.ip == nil)
        #expect(unix.port == nil)
    }

    @Test func orderIsByFamilyThenAddressThenPort() throws {
        let sorted: [SocketAddress] = try [
            .v4(.any, port: 9), .v4(.loopback, port: 1), .v4(.loopback, port: 2),
            .v6(.any, port: 5), .v6(.loopback, port: 1), .unix(.unnamed),
            .unix(UnixAddress(path: "/x")),
        ]
        #expect(sorted.reversed().sorted() == sorted)
    }

    /// It sits in every connection, and in every error.
    @Test func itIsSmall() {
        print("SocketAddress: \(MemoryLayout<SocketAddress>.size) bytes")
        #expect(MemoryLayout<SocketAddress>.size <= 24)
        #expect(MemoryLayout<SocketAddress?>.stride <= 24)
    }
}

import Sockets
import Testing

@Suite struct IPv4AddressTests {
    @Test(
        arguments: [
            ("0.0.0.0", 0), ("0.0.0.1", 1), ("127.0.0.1", 0x7F00_0001), ("1.2.3.4", 0x0102_0304),
            ("10.0.200.255", 0x0A00_C8FF), ("192.168.0.1", 0xC0A8_0001),
            ("255.255.255.255", 0xFFFF_FFFF), ("100.64.0.0", 0x6440_0000),
        ] as [(String, UInt32)]
    )
    func fourNumbersAreReadAndPrinted(text: String, bits: UInt32) throws {
        let address = try IPv4Address(text)
        #expect(address.bits == bits)
        #expect(address.description == text)
    }

    @Test(arguments: [
        BadText("", 0, "a number from 0 to 255 is missing here"),
        BadText("1", 1, "an IPv4 address has four numbers, this one only 1"),
        BadText("1.", 2, "a number from 0 to 255 is missing here"),
        BadText("1.2", 3, "this one only 2"),
        BadText("1.2.3", 5, "this one only 3"),
        BadText("1.2.3.", 6, "a number from 0 to 255 is missing here"),
        BadText("1.2.3.4.", 7, "'.' is not expected here"),
        BadText("1.2.3.4.5", 7, "'.' is not expected here"),
        BadText("1..3.4", 2, "'.' stands where a number from 0 to 255 should"),
        BadText(".1.2.3", 0, "'.' stands where a number"),
        BadText("256.0.0.1", 0, "256 is over 255"),
        BadText("1.2.3.999", 6, "999 is over 255"),
        BadText("1.2.3.4294967297", 6, "4294967297 is over 255"),
        BadText("1.99999999999999999999999999.3.4", 2, "9999999999999999... is over 255"),
        BadText("01.2.3.4", 0, "no leading zero"),
        BadText("1.2.3.00", 6, "no leading zero"),
        BadText("1.2.010.4", 4, "no leading zero"),
        BadText("0x7f.0.0.1", 1, "'x' is not expected in an IPv4 address"),
        BadText("2130706433", 0, "2130706433 is over 255"),
        BadText("+1.2.3.4", 0, "'+' stands where a number"),
        BadText("-1.2.3.4", 0, "'-' stands where a number"),
        BadText(" 1.2.3.4", 0, "a space stands where a number"),
        BadText("1.2.3.4 ", 7, "a space is not expected here"),
        BadText("1.2.3.4\n", 7, "a control character (\\x0A) is not expected here"),
        BadText("1.2.3.4\0", 7, "a NUL byte is not expected here"),
        BadText("1.2.3.4:80", 7, "':' is not expected here"),
        BadText("1.2.3.a", 6, "'a' stands where a number"),
        BadText("1,2,3,4", 1, "',' is not expected in an IPv4 address"),
        BadText("\u{0661}.2.3.4", 0, "a non-ASCII character stands where a number"),
        BadText("localhost", 0, "'l' stands where a number"),
    ])
    func anythingElseIsRefusedWhereItGoesWrong(bad: BadText) {
        bad.check { text throws(AddressParseError) in try IPv4Address(text) }
    }

    @Test func octetsAreInWrittenOrder() {
        let address = IPv4Address(1, 2, 3, 4)
        #expect(address.octets == (1, 2, 3, 4))
        #expect(address.bits == 0x0102_0304)
        #expect(IPv4Address.any.description == "0.0.0.0")
        #expect(IPv4Address.loopback.description == "127.0.0.1")
        #expect(IPv4Address.broadcast.description == "255.255.255.255")
    }

    @Test func substringsAreRead() throws {
        #expect(
            try IPv4Address("from 1.2.3.4 now".dropFirst(5).prefix(7)) == IPv4Address(1, 2, 3, 4)
        )
    }

    @Test(arguments: [
        ("0.0.0.0", "any"), ("0.0.0.1", ""), ("255.255.255.255", "broadcast"),
        ("126.255.255.255", ""), ("127.0.0.0", "loopback"), ("127.255.255.255", "loopback"),
        ("128.0.0.0", ""), ("9.255.255.255", ""), ("10.0.0.0", "private"),
        ("10.255.255.255", "private"), ("11.0.0.0", ""), ("172.15.255.255", ""),
        ("172.16.0.0", "private"), ("172.31.255.255", "private"), ("172.32.0.0", ""),
        ("192.167.255.255", ""), ("192.168.0.0", "private"), ("192.168.255.255", "private"),
        ("192.169.0.0", ""), ("169.253.255.255", ""), ("169.254.0.0", "linkLocal"),
        ("169.254.255.255", "linkLocal"), ("169.255.0.0", ""), ("223.255.255.255", ""),
        ("224.0.0.0", "multicast"), ("239.255.255.255", "multicast"), ("240.0.0.0", ""),
    ])
    func rangesEndWhereTheirStandardsSay(text: String, kind: String) throws {
        let address = try IPv4Address(text)
        let kinds = [
            "any": address.isAny, "loopback": address.isLoopback, "private": address.isPrivate,
            "linkLocal": address.isLinkLocal, "multicast": address.isMulticast,
            "broadcast": address.isBroadcast,
        ]
        #expect(kinds.filter(\.value).map(\.key) == (kind.isEmpty ? [] : [kind]))
    }

    @Test func orderIsNumeric() {
        #expect(IPv4Address(9, 0, 0, 0) < IPv4Address(10, 0, 0, 0))
        #expect(IPv4Address(10, 0, 0, 2) < IPv4Address(10, 0, 0, 10))
        #expect(IPv4Address.loopback < IPv4Address.broadcast)
    }
}

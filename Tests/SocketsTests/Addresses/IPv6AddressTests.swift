import Sockets
import Testing

@Suite struct IPv6AddressTests {
    /// Text in, canonical text out.
    @Test(arguments: [
        ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("0:0:0:0:0:0:0:0", "::"),
        ("2001:db8::1", "2001:db8::1"), ("fe80::1", "fe80::1"),
        ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"), ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
        ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("1:2:3::5:6:7:8", "1:2:3:0:5:6:7:8"),
        ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        // RFC 4291 §2.2
        ("ABCD:EF01:2345:6789:ABCD:EF01:2345:6789", "abcd:ef01:2345:6789:abcd:ef01:2345:6789"),
        ("2001:DB8:0:0:8:800:200C:417A", "2001:db8::8:800:200c:417a"),
        ("FF01:0:0:0:0:0:0:101", "ff01::101"),
        ("0:0:0:0:0:0:13.1.68.3", "::d01:4403"), ("::13.1.68.3", "::d01:4403"),
        ("0:0:0:0:0:FFFF:129.144.52.38", "::ffff:129.144.52.38"),
        ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
        ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"), ("::255.255.255.255", "::ffff:ffff"),
        ("1::1.2.3.4", "1::102:304"), ("::5:1.2.3.4", "::5:102:304"),
        // RFC 5952 §4.1: leading zeros
        ("2001:0db8::0001", "2001:db8::1"),
        ("2001:db8:aaaa:bbbb:cccc:dddd:eeee:0001", "2001:db8:aaaa:bbbb:cccc:dddd:eeee:1"),
        // §4.2.1: as short as possible
        ("2001:db8:0:0:0:0:2:1", "2001:db8::2:1"), ("2001:db8::0:1", "2001:db8::1"),
        // §4.2.2: "::" is not for one group
        ("2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
        ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
        // §4.2.3: the longest run, the first of equals
        ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"), ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
        ("0:0:1:0:0:1:0:0", "::1:0:0:1:0:0"), ("1:0:0:2:0:0:0:0", "1:0:0:2::"),
        ("0:1:0:1:0:1:0:1", "0:1:0:1:0:1:0:1"), ("0:0:0:1:0:0:0:0", "0:0:0:1::"),
        // §4.3: lowercase
        ("2001:DB8::ABCD:EF", "2001:db8::abcd:ef"),
        // §5: IPv4 inside
        ("::FFFF:c000:0201", "::ffff:192.0.2.1"), ("::ffff:0.0.0.0", "::ffff:0.0.0.0"),
        ("::fffe:192.0.2.1", "::fffe:c000:201"), ("1::ffff:192.0.2.1", "1::ffff:c000:201"),
    ])
    func everyFormIsReadAndOneIsPrinted(text: String, canonical: String) throws {
        let address = try IPv6Address(text)
        #expect(address.description == canonical)
        #expect(try IPv6Address(canonical) == address)
    }

    @Test(arguments: [
        BadText("", 0, "a group of hex digits is missing here"),
        BadText(":", 0, "does not begin with a single ':'"),
        BadText(":1", 0, "does not begin with a single ':'"),
        BadText(":1::2", 0, "does not begin with a single ':'"),
        BadText(":::", 2, "':' is not expected here"),
        BadText("1:::2", 3, "':' is not expected here"),
        BadText("::1::", 3, "'::' stands in an IPv6 address only once"),
        BadText("1::2::3", 4, "only once"),
        BadText("1", 0, "eight groups, this one only 1 and no '::'"),
        BadText("1:2:3:4:5:6:7", 0, "eight groups, this one only 7 and no '::'"),
        BadText("1:", 2, "a group of hex digits is missing here"),
        BadText("::1:", 4, "a group of hex digits is missing here"),
        BadText("1:2:3:4:5:6:7:", 14, "a group of hex digits is missing here"),
        BadText("1:2:3:4:5:6:7:8:", 15, "eight groups, this one more"),
        BadText("1:2:3:4:5:6:7:8:9", 15, "eight groups, this one more"),
        BadText("1:2:3:4:5:6:7:8::", 15, "'::' stands for no group here"),
        BadText("::1:2:3:4:5:6:7:8", 0, "'::' stands for no group here"),
        BadText("1:2:3:4::5:6:7:8", 7, "'::' stands for no group here"),
        BadText("12345::", 4, "at most four digits"),
        BadText("::00001", 6, "at most four digits"),
        BadText("::g", 2, "'g' is not expected here"),
        BadText("1:g::", 2, "'g' stands where a hex digit should"),
        BadText("::1 ", 3, "a space is not expected here"),
        BadText(" ::1", 0, "a space stands where a hex digit should"),
        BadText("::1\0", 3, "a NUL byte is not expected here"),
        BadText("[::1]", 0, "'[' stands where a hex digit should"),
        BadText("::1/64", 3, "'/' is not expected here"),
        BadText("::\u{FF11}", 2, "a non-ASCII character is not expected here"),
        BadText("1.2.3.4", 0, "eight groups, this one only 2 and no '::'"),
        BadText("::1.2.3", 7, "this one only 3"),
        BadText("::1.2.3.256", 8, "256 is over 255"),
        BadText("::1.2.3.04", 8, "no leading zero"),
        BadText("::1.2.3.4:5", 9, "':' is not expected here"),
        BadText("::1.2.3.4.5", 9, "'.' is not expected here"),
        BadText("::abc.2.3.4", 2, "'a' stands where a number from 0 to 255 should"),
        BadText("1:2:3:4:5:6:7:1.2.3.4", 14, "no room is left here for an IPv4 address"),
        BadText("1:2:3:4:5:6::1.2.3.4", 11, "'::' stands for no group here"),
        BadText("fe80::1%", 8, "a network interface is missing after '%'"),
        BadText("fe80::1%0", 8, "zone 0 means no zone"),
        BadText("fe80::1%4294967296", 8, "zone 4294967296 is over 4294967295"),
        BadText("fe80::1%no-such-if", 8, "no network interface is called 'no-such-if'"),
        BadText("fe80::1%sixteen-bytes-xx", 8, "at most 15 bytes"),
        BadText("fe80::1%lo b", 10, "a space is not expected here"),
        BadText("fe80::1%1%2", 9, "'%' is not expected here"),
        BadText("%1", 0, "'%' stands where a hex digit should"),
    ])
    func anythingElseIsRefusedWhereItGoesWrong(bad: BadText) {
        bad.check { text throws(AddressParseError) in try IPv6Address(text) }
    }

    @Test func aZoneIsAnIndexOrTheNameOfAnInterface() throws {
        // Every Linux network namespace has "lo", and gives it the index 1.
        let named = try IPv6Address("fe80::1%lo")
        #expect(named.zone == 1)
        #expect(try IPv6Address("fe80::1%1") == named)
        #expect(named.description == "fe80::1%lo")
        #expect(named != IPv6Address(highBits: 0xFE80 << 48, lowBits: 1))
    }

    @Test func aZoneOfNoInterfaceIsPrintedAsItsIndex() throws {
        let address = try IPv6Address("fe80::1%4294967295")
        #expect(address.zone == .max)
        #expect(address.description == "fe80::1%4294967295")
    }

    @Test func bitsAreInHostOrder() throws {
        let address = try IPv6Address("2001:db8:1:2:3:4:5:6")
        #expect(address.highBits == 0x2001_0DB8_0001_0002)
        #expect(address.lowBits == 0x0003_0004_0005_0006)
    }

    @Test func mappedAddressesComeAndGo() throws {
        let mapped = IPv6Address(ipv4Mapped: .loopback)
        #expect(mapped.description == "::ffff:127.0.0.1")
        #expect(mapped.ipv4Mapped == .loopback)
        #expect(!mapped.isLoopback)
        #expect(try IPv6Address("::127.0.0.1").ipv4Mapped == nil)
        #expect(IPv6Address.loopback.ipv4Mapped == nil)
    }

    @Test(arguments: [
        ("::", "any"), ("::1", "loopback"), ("::2", ""), ("1::1", ""), ("fe7f:ffff::", ""),
        ("fe80::", "linkLocal"), ("febf:ffff::", "linkLocal"), ("fec0::", ""), ("fbff::", ""),
        ("fc00::", "uniqueLocal"), ("fdff:ffff::", "uniqueLocal"), ("fe00::", ""),
        ("feff::", ""), ("ff00::", "multicast"), ("ff02::1", "multicast"),
        ("ffff::", "multicast"),
    ])
    func rangesEndWhereTheirStandardsSay(text: String, kind: String) throws {
        let address = try IPv6Address(text)
        let kinds = [
            "any": address.isAny, "loopback": address.isLoopback,
            "linkLocal": address.isLinkLocal, "uniqueLocal": address.isUniqueLocal,
            "multicast": address.isMulticast,
        ]
        #expect(kinds.filter(\.value).map(\.key) == (kind.isEmpty ? [] : [kind]))
    }

    @Test func orderIsNumericThenByZone() throws {
        #expect(IPv6Address.any < IPv6Address.loopback)
        #expect(try IPv6Address("::ffff") < IPv6Address("1::"))
        #expect(try IPv6Address("fe80::1") < IPv6Address("fe80::1%1"))
    }
}

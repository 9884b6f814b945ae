import Sockets
import Testing

@Suite struct IPAddressTests {
    @Test func colonsTellTheFamily() throws {
        #expect(try IPAddress("127.0.0.1") == .v4(.loopback))
        #expect(try IPAddress("::1") == .v6(.loopback))
        #expect(try IPAddress("::ffff:1.2.3.4").description == "::ffff:1.2.3.4")
    }

    @Test(arguments: [
        BadText("", 0, "missing"), BadText("localhost", 0, "'l' stands where a number"),
        BadText("[::1]", 0, "'[' stands where a hex digit"),
        BadText("1.2.3.4:80", 7, "':' is not expected here"),
        BadText("::1%", 4, "interface is missing"),
    ])
    func anythingElseIsRefusedWhereItGoesWrong(bad: BadText) {
        bad.check { text throws(AddressParseError) in try IPAddress(text) }
    }

    @Test(arguments: [
        ("0.0.0.0", "any"), ("::", "any"), ("127.0.0.1", "loopback"), ("::1", "loopback"),
        ("10.0.0.1", "private"), ("fd00::1", "private"), ("169.254.0.1", "linkLocal"),
        ("fe80::1", "linkLocal"), ("224.0.0.1", "multicast"), ("ff02::1", "multicast"),
        ("192.0.2.1", ""), ("2001:db8::1", ""),
    ])
    func bothFamiliesHaveTheSameRanges(text: String, kind: String) throws {
        let address = try IPAddress(text)
        let kinds = [
            "any": address.isAny, "loopback": address.isLoopback, "private": address.isPrivate,
            "linkLocal": address.isLinkLocal, "multicast": address.isMulticast,
        ]
        #expect(kinds.filter(\.value).map(\.key) == (kind.isEmpty ? [] : [kind]))
    }

    @Test func everyIPv4AddressComesFirst() {
        #expect(IPAddress.v4(.broadcast) < .v6(.any))
        #expect(!(IPAddress.v6(.any) < .v4(.broadcast)))
        #expect(IPAddress.v4(.any) < .v4(.loopback))
        #expect(IPAddress.v6(.any) < .v6(.loopback))
    }
}

import Sockets
import Testing

@testable import NetworkTools

/// Which address answers what is sent to one.
struct ReachableTests {
    @Test(arguments: [
        ("0.0.0.0", "127.0.0.1"), ("::", "::1"), ("10.1.2.3", "10.1.2.3"),
        ("::1%1", "::1"), ("2001:db8::1%1", "2001:db8::1"), ("fd00::1%1", "fd00::1"),
        ("ff0e::1%1", "ff0e::1"), ("::ffff:10.1.2.3", "10.1.2.3"),
        ("::ffff:0.0.0.0", "127.0.0.1"), ("::ffff:10.1.2.3%1", "10.1.2.3"),
    ])
    func aZoneThatIsNotNeededGoesAndAnyIsHere(named: String, reached: String) throws {
        #expect(try IPAddress(named).reachable == IPAddress(reached))
    }

    @Test(arguments: ["fe80::1%1", "febf::1%1", "ff01::1%1", "ff02::1%1", "fe80::1"])
    func aZoneThatIsNeededStays(text: String) throws {
        let address = try IPAddress(text)
        #expect(address.reachable == address)
    }
}

import Sockets
import Testing

@testable import sock

struct PingTargetsTests {
    private static func target(_ name: String, _ address: IPAddress) -> ProbeTarget {
        ProbeTarget(name: name, address: address)
    }

    private static let here = IPAddress.v4(.loopback)
    private static let there = IPAddress.v6(.loopback)

    @Test func hostsOfOneAddressAreAskedOnceAndEachKeepsItsRow() {
        let targets = PingTargets([
            Self.target("a", Self.here), Self.target("b", Self.there),
            Self.target("c", Self.here), Self.target("a", Self.here),
        ])
        #expect(targets.addresses == [Self.here, Self.there])
        #expect(targets.hosts(ofAddress: 0).map(\.name) == ["a", "c", "a"])
        #expect(targets.hosts(ofAddress: 1).map(\.name) == ["b"])
        let rows = targets.rows
        #expect(rows.map(\.host.name) == ["a", "b", "c", "a"])
        #expect(rows.map(\.address) == [0, 1, 0, 0])
        #expect(rows.map { $0.first?.name } == [nil, nil, "a", "a"])
    }
}

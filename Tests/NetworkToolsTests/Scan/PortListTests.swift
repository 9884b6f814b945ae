import Testing

@testable import NetworkTools

struct PortListTests {
    @Test func portsAndRangesInTheirOrderEachOnce() throws {
        let ports = try PortList("22,80,8000-8003,80,21-23").ports
        #expect(ports == [22, 80, 8000, 8001, 8002, 8003, 21, 23])
        #expect(try PortList("65535").ports == [65_535])
        #expect(try PortList("7-7").ports == [7])
    }

    @Test func aRangeMayLackAnEnd() throws {
        #expect(try PortList("65533-").ports == [65_533, 65_534, 65_535])
        #expect(try PortList("-3").ports == [1, 2, 3])
        #expect(try PortList("-").ports == Array(1...65_535))
    }

    @Test func servicesHaveNames() throws {
        let known: [String: UInt16] = ["http": 80, "netbios-ssn": 139]
        #expect(try PortList("netbios-ssn,22,http") { known[$0] }.ports == [139, 22, 80])
    }

    @Test(arguments: [
        ("", "a port is missing", 0..<0), ("22,", "a port is missing", 3..<3),
        (",22", "a port is missing", 0..<0), ("0", "ports are 1 to 65535", 0..<1),
        ("22,65536", "ports are 1 to 65535", 3..<8),
        ("99999999999999999999", "ports are 1 to 65535", 0..<20),
        ("22, 80", "a port is a number", 3..<4), ("22,-,,", "a port is missing", 5..<5),
        ("90-80", "the range runs backwards", 0..<5),
        ("1-2-3", "a port is a number", 3..<4), ("1-x", "a port is a number", 2..<3),
        ("22,ssh", "this is neither a number nor a service that is known here", 3..<6),
    ])
    func mistakesAreShownWhereTheyAre(text: String, reason: String, range: Range<Int>) {
        let error = #expect(throws: PortListError.self) { try PortList(text) }
        #expect(error == PortListError(input: text, reason: reason, range: range))
    }

    @Test func theErrorPointsAtTheMistake() {
        let error = #expect(throws: PortListError.self) { try PortList("22,80,70000") }
        let text = "invalid ports: ports are 1 to 65535\n  22,80,70000\n        ^~~~~"
        #expect(error?.description == text)
    }

    @Test func hostileTextIsNotPrintedRaw() throws {
        let text = "\u{1B}[31m" + String(repeating: "9,", count: 500) + "\n"
        let error = #expect(throws: PortListError.self) { try PortList(text) }
        let bytes = try #require(error).description.utf8
        #expect(bytes.allSatisfy { $0 == 10 || $0 >= 32 && $0 < 127 })
    }
}

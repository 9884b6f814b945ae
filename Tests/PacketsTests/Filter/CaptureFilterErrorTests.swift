import Packets
import SocketsTesting
import Testing

@Suite struct CaptureFilterErrorTests {
    @Test(arguments: [
        ("port 99999", 5, "'99999' is over 65535, for a port"),
        ("port http", 5, "names are not looked up"),
        ("host example.com", 5, "'example.com' is no address: names are not looked up"),
        ("host 10.0.0", 11, "only 3"), ("host 10.0.0.256", 12, "256 is over 255"),
        ("host 10.0.0.0/8 and", 19, "something is missing"),
        ("tcp host 10.0.0.1", 9, "an address goes with"),
        ("ip6 host 10.0.0.1", 9, "'ip6' does not go with"), ("ip host ::1", 8, "goes with 'ip6'"),
        ("ip port 80", 8, "ports go with"), ("net 10.0.0.1/8", 4, "bits outside of the mask"),
        ("net fd77::1/64", 4, "bits outside of the prefix"), ("net 10/33", 7, "0 to 32"),
        ("net ::/129", 7, "0 to 128"), ("net 10.0.0.0/", 13, "0 to 32"),
        ("net 10.0.0.0 mask 255", 21, "only 1"), ("portrange 80", 10, "1000-2000"),
        ("portrange 1-x", 12, "is not a port"), ("(tcp", 0, "has no ')'"),
        ("tcp)", 3, "has no '('"), ("tcp udp", 4, "'and' or 'or' is missing"),
        ("(tcp udp)", 5, "'and', 'or' or ')' is missing"), ("tcp and or udp", 8, "is not expected"),
        ("tcp[13] & 2 != 0", 0, "expressions over bytes"), ("not", 3, "something is missing"),
        ("host fe80::1%eth0", 12, "a zone is in no packet"), ("proto 256", 6, "over 255"),
        ("vlan 4096", 5, "over 4095"), ("less", 4, "is missing here"), ("ether", 0, "'proto' is"),
        ("tcp & udp", 4, "'and' or 'or' is missing"), ("broadcast", 0, "not supported"),
        ("src proto 6", 10, "no direction"), ("tcp proto 6", 10, "goes with"),
        ("port 80 or ", 11, "something is missing"), ("80", 0, "write 'port 80'"),
        ("ip example.com", 3, "'and' or 'or' is missing"),
        ("host \u{1B}[2J", 5, "expressions over bytes"), ("tcp multicast", 0, "'ip' and 'ip6'"),
    ])
    func pointsAtTheMistake(text: String, offset: Int, reason: String) {
        let error = #expect(throws: CaptureFilterError.self) { try CaptureFilter(text) }
        #expect(error?.offset == offset, "\(String(describing: error))")
        #expect(error?.reason.contains(reason) == true, "\(String(describing: error))")
        #expect(error?.description.contains("\u{1B}") == false)
    }

    @Test func isPrintedWithAMarkUnderTheMistake() {
        let error = #expect(throws: CaptureFilterError.self) { try CaptureFilter("tcp port 99999") }
        #expect(
            error?.description == """
                invalid filter: '99999' is over 65535, for a port
                  tcp port 99999
                           ^~~~~
                """
        )
    }

    @Test func depthAndLengthAreBounded() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "(", count: depth) + "tcp" + String(repeating: ")", count: depth)
        }
        _ = try CaptureFilter(nested(CaptureFilter.nestingLimit))
        #expect(throws: CaptureFilterError.self) {
            try CaptureFilter(nested(CaptureFilter.nestingLimit + 1))
        }
        #expect(throws: CaptureFilterError.self) { try CaptureFilter(nested(3000)) }
        _ = try CaptureFilter(String(repeating: "!", count: 8000) + "tcp")
        #expect(throws: CaptureFilterError.self) {
            try CaptureFilter(String(repeating: " ", count: 8193))
        }
        let parts = { String(repeating: "ip and ", count: $0) + "ip6" }
        _ = try CaptureFilter(parts(511)).program(for: .datagram)
        #expect(throws: CaptureFilterError.self) { try CaptureFilter(parts(512)) }
    }

    @Test func anyTextIsReadOrRefused() {
        let words = [
            "tcp", "port", "80", "host", "10.0.0.1", "::1", "(", ")", "and", "or", "not", "src",
            "dst", "net", "10/8", "mask", "/", "-", "portrange", "proto", "ip6", "less", "[", "&",
            "\u{0}", "é", "%", "0x", "ether", "multicast", "vlan", "\\", "999999999999999999999",
        ]
        var random = SeededRandom(seed: SeededRandom.testSeed)
        for _ in 0..<20_000 {
            let count = Int.random(in: 1...8, using: &random)
            let text = (0..<count).map { _ in
                (words.randomElement(using: &random) ?? "") + (random.oneIn(5) ? "" : " ")
            }.joined()
            do throws(CaptureFilterError) {
                _ = try CaptureFilter(text).program(for: .datagram)
            } catch {
                #expect(error.offset >= 0 && error.offset <= text.utf8.count)
            }
        }
    }
}

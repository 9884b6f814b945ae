import Testing

@testable import Sockets

/// What holds for every value and every text: seeds are printed, so a failure can be repeated.
@Suite struct AddressPropertyTests {
    /// Rounds of a property: a fraction of a second in a debug build, all tests together.
    private let rounds = 2000

    /// Zeros are common, as in real addresses, so that every shape of "::" is met.
    private func randomIPv6(_ random: inout AddressRandom) -> IPv6Address {
        var groups = [8 of UInt16](repeating: 0)
        for index in 0..<8 where Bool.random(using: &random) {
            groups[index] =
                [1, .max, .random(in: 0 ... .max, using: &random)]
                .randomElement(using: &random) ?? 0
        }
        var address = IPv6Address(groups: groups)
        if Int.random(in: 0..<4, using: &random) == 0 {
            address.zone = .random(in: 0 ... .max, using: &random)
        }
        return address
    }

    private func randomUnix(_ random: inout AddressRandom) -> UnixAddress {
        let size = Int.random(in: 0...107, using: &random)
        var name = (0..<size).map { _ in UInt8.random(in: 1 ... .max, using: &random) }
        switch Int.random(in: 0..<4, using: &random) {
        case 0: name = Array(String(decoding: name, as: UTF8.self).utf8.prefix(107))
        case 1 where size > 0: name.insert(0, at: 0)
        case 2: name = name.map { "*@/\\x0".utf8.randomElement(using: &random) ?? $0 }
        default: break
        }
        return UnixAddress(socketPath: name)
    }

    private func randomAddress(_ random: inout AddressRandom) -> SocketAddress {
        let port = UInt16.random(in: 0 ... .max, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0:
            return .v4(IPv4Address(bits: .random(in: 0 ... .max, using: &random)), port: port)
        case 1: return .v6(randomIPv6(&random), port: port)
        default: return .unix(randomUnix(&random))
        }
    }

    @Test func everyAddressReadsBackFromItsText() throws {
        var random = AddressRandom.announced()
        for _ in 0..<rounds {
            let address = randomAddress(&random)
            #expect(try SocketAddress(address.description) == address, "\(address)")
            let endpoint = Endpoint(address, isDatagram: Bool.random(using: &random))
            #expect(try Endpoint(endpoint.description) == endpoint, "\(endpoint)")
            if let ip = address.ip { #expect(try IPAddress(ip.description) == ip) }
        }
    }

    @Test func everySpellingOfAnIPv6AddressIsRead() throws {
        var random = AddressRandom.announced()
        for _ in 0..<rounds {
            var address = randomIPv6(&random)
            address.zone = 0
            let long = (0..<8).map { String(address.groups[$0], radix: 16, uppercase: true) }
            let padded = long.map { String(repeating: "0", count: 4 - $0.utf8.count) + $0 }
            #expect(try IPv6Address(long.joined(separator: ":")) == address)
            #expect(try IPv6Address(padded.joined(separator: ":")) == address)
        }
    }

    @Test func theCLibraryReadsAndPrintsTheSame() throws {
        var random = AddressRandom.announced()
        for _ in 0..<rounds {
            var address = randomIPv6(&random)
            address.zone = 0
            // It prints the deprecated ::a.b.c.d of RFC 4291 §2.5.5.1 dotted, we do not.
            guard address.highBits != 0 || address.lowBits >> 32 != 0 else { continue }
            #expect(address.description == CLibrary.text(address))
            var text = Array(address.description.utf8)
            let place = Int.random(in: 0..<text.count, using: &random)
            if let byte = "0129afF:.g".utf8.randomElement(using: &random) { text[place] = byte }
            let changed = String(decoding: text, as: UTF8.self)
            let ours = try? IPv6Address(changed)
            #expect(ours == CLibrary.address(changed), "\(changed)")
        }
    }

    private static let validTexts = [
        "localhost:12345", "tcp://h:1", "udp://[::1]:53", "unix:/run/x", "unix:@abstract",
        "unix-datagram:/run/x", "tls://example.com:443", "ws://h/p?q=1", "wss://h:8443/p",
        "[fe80::1%lo]:80", ":12345", "*:12345", "1.2.3.4:80", "[1:2:3:4:5:6:7:8]:65535",
        "[::ffff:255.255.255.255]:1", "unix:@\\x00\\xFF\\\\", "unix:*", "1:2::7:8", "fe80::1%1",
    ]

    /// Gives the text to every grammar; what is read must read back, what is refused must print.
    private func checkEvery(_ text: some StringProtocol) {
        check(text) { text throws(AddressParseError) in try IPv4Address(text) }
        check(text) { text throws(AddressParseError) in try IPv6Address(text) }
        check(text) { text throws(AddressParseError) in try IPAddress(text) }
        check(text) { text throws(AddressParseError) in try SocketAddress(text) }
        check(text) { text throws(AddressParseError) in try UnixAddress(text) }
        check(text) { text throws(AddressParseError) in try Endpoint.Host(text) }
        check(text) { text throws(AddressParseError) in try Endpoint(text) }
    }

    private func check<Value: Equatable & CustomStringConvertible>(
        _ text: some StringProtocol,
        _ parse: (String) throws(AddressParseError) -> Value
    ) {
        do {
            let value = try parse(String(text))
            let again = try? parse(value.description)
            #expect(again == value, "\(String(text).debugDescription) as \(value)")
        } catch {
            let lines = error.description.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.count == 3, "\(error)")
            let isPlain = error.description.utf8.allSatisfy { $0 == 10 || (32..<127).contains($0) }
            #expect(isPlain, "\(error)")
            #expect(error.offset <= text.utf8.count)
            #expect(error.offset + error.length <= text.utf8.count)
            #expect(lines.last.map { $0.utf8.count <= lines[1].utf8.count + 1 } == true, "\(error)")
        }
    }

    @Test(arguments: validTexts)
    func everyTruncationIsReadOrRefused(text: String) {
        for end in text.indices {
            checkEvery(text[..<end])
            checkEvery(text[end...])
        }
        checkEvery(text)
    }

    @Test func everyByteChangedInAValidTextIsReadOrRefused() {
        var random = AddressRandom.announced()
        for _ in 0..<rounds {
            var bytes = Array((Self.validTexts.randomElement(using: &random) ?? "").utf8)
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                let byte = UInt8.random(in: 0 ... .max, using: &random)
                let common = "0129afx:.[]/%*@\\ -".utf8.randomElement(using: &random) ?? byte
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = byte
                case 1: bytes[place] = common
                case 2: bytes.insert(common, at: place)
                default: bytes.insert(contentsOf: bytes[..<place], at: place)
                }
            }
            checkEvery(String(decoding: bytes, as: UTF8.self))
        }
    }

    @Test func randomBytesAreReadOrRefused() {
        var random = AddressRandom.announced()
        let alphabet = Array("0123456789abcdefxtcpudwsunix:/.[]%*@\\-_?# \0\n".utf8)
        for round in 0..<rounds {
            let size = Int.random(in: 0...60, using: &random)
            let bytes = (0..<size).map { _ in
                round.isMultiple(of: 2)
                    ? UInt8.random(in: 0 ... .max, using: &random)
                    : alphabet.randomElement(using: &random) ?? 0
            }
            checkEvery(String(decoding: bytes, as: UTF8.self))
        }
    }
}

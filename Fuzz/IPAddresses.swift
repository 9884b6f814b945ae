import Addresses
import Glibc

// IPv4Address, IPv6Address, IPAddress.

/// They read what inet_pton(3) reads, as the same bits, and nothing else; what is printed reads
/// the same.
func fuzz(_ input: inout FuzzInput) {
    let text = input.text()
    // C cannot be asked about the rest of such a text.
    guard !text.utf8.contains(0) else { return }
    let v4 = reading { () throws(AddressParseError) in try IPv4Address(text) }
    let v6 = reading { () throws(AddressParseError) in try IPv6Address(text) }
    let either = reading { () throws(AddressParseError) in try IPAddress(text) }
    check(either, equals: v4.map(IPAddress.v4) ?? v6.map(IPAddress.v6), "IPAddress differs")

    check(v4.map { bytes(of: UInt64($0.bits), 4) }, equals: system(text, AF_INET, 4), "inet_pton")
    if let v4 { check(try? IPv4Address("\(v4)"), equals: v4, "printed, it reads otherwise") }

    if let v6 {
        check(try? IPv6Address("\(v6)"), equals: v6, "printed, it reads otherwise")
        let printed = "\(v6)".prefix { $0 != "%" }
        check(
            system(String(printed), AF_INET6, 16),
            equals: bytes(of: v6.highBits, 8) + bytes(of: v6.lowBits, 8),
            "the system reads \(printed) otherwise"
        )
    }
    // The system's function has no zones.
    if !text.utf8.contains(UInt8(ascii: "%")) {
        check(
            v6.map { bytes(of: $0.highBits, 8) + bytes(of: $0.lowBits, 8) },
            equals: system(text, AF_INET6, 16),
            "inet_pton"
        )
    }
}

/// What a parser reads; its error has to be in order.
private func reading<Value>(_ parse: () throws(AddressParseError) -> Value) -> Value? {
    do throws(AddressParseError) {
        return try parse()
    } catch {
        check(isPlain(error.message.filter { $0 != "\n" }), "an error that steers the terminal")
        return nil
    }
}

private func bytes(of value: UInt64, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64(count - 1 - $0))) }
}

private func system(_ text: String, _ family: CInt, _ size: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: size)
    // Safe: the family's addresses have so many bytes, and the text lives for the call.
    return unsafe inet_pton(family, text, &bytes) == 1 ? bytes : nil
}

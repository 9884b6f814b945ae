/// Ports as a person lists them: `22,80,8000-8100`, `1024-`, `-` for all.
///
/// ```swift
/// let ports = try PortList("22,80,8000-8100").ports
/// ```
public struct PortList: Sendable, Hashable {
    /// The ports in the order they were named, each once.
    public let ports: [UInt16]

    /// Reads a list: numbers from 1 to 65535, ranges of them and names, separated by commas.
    ///
    /// A range without its first or last number begins with 1 or ends with 65535. Spaces are not
    /// allowed.
    ///
    /// - Parameters:
    ///   - text: The list.
    ///   - service: The port of a service by its name, as getservbyname(3) knows them; without it,
    ///     no name is one.
    /// - Throws: ``PortListError``, which says where.
    public init(
        _ text: String,
        service: (String) -> UInt16? = { _ in nil }
    ) throws(PortListError) {
        let bytes = Array(text.utf8)
        var ports: [UInt16] = []
        var seen = Set<UInt16>()
        var start = 0
        while true {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: ",")) ?? bytes.count
            let range = try Self.range(bytes, start..<end, text, service)
            for port in range where seen.insert(port).inserted { ports.append(port) }
            if end == bytes.count { break }
            start = end + 1
        }
        self.ports = ports
    }

    private static func range(
        _ bytes: [UInt8],
        _ place: Range<Int>,
        _ text: String,
        _ service: (String) -> UInt16?
    ) throws(PortListError) -> ClosedRange<UInt16> {
        // Names have dashes, too: netbios-ssn.
        if bytes[place].first?.isLetter == true {
            guard let port = service(String(decoding: bytes[place], as: UTF8.self)), port > 0 else {
                let reason = "this is neither a number nor a service that is known here"
                throw PortListError(input: text, reason: reason, range: place)
            }
            return port...port
        }
        guard let dash = bytes[place].firstIndex(of: UInt8(ascii: "-")) else {
            let port = try port(bytes, place, text)
            return port...port
        }
        let (before, after) = (place.lowerBound..<dash, dash + 1..<place.upperBound)
        let first = before.isEmpty ? 1 : try port(bytes, before, text)
        let last = after.isEmpty ? .max : try port(bytes, after, text)
        guard first <= last else {
            throw PortListError(input: text, reason: "the range runs backwards", range: place)
        }
        return first...last
    }

    private static func port(
        _ bytes: [UInt8],
        _ place: Range<Int>,
        _ text: String
    ) throws(PortListError) -> UInt16 {
        guard !place.isEmpty else {
            throw PortListError(input: text, reason: "a port is missing", range: place)
        }
        var value = 0
        for index in place {
            guard let digit = bytes[index].digit else {
                throw PortListError(
                    input: text,
                    reason: "a port is a number",
                    range: index..<index + 1
                )
            }
            value = min(value * 10 + digit, 100_000)
        }
        guard let port = UInt16(exactly: value), port > 0 else {
            throw PortListError(input: text, reason: "ports are 1 to 65535", range: place)
        }
        return port
    }
}

extension UInt8 {
    fileprivate var isLetter: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
    }

    fileprivate var digit: Int? {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) ? Int(self - UInt8(ascii: "0")) : nil
    }
}

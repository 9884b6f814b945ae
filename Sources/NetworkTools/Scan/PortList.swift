/// Ports as a person lists them: `22,80,8000-8100`.
///
/// ```swift
/// let ports = try PortList("22,80,8000-8100").ports
/// ```
public struct PortList: Sendable, Hashable {
    /// The ports in the order they were named, each once.
    public let ports: [UInt16]

    /// How many ports a list names at most.
    ///
    /// Arbitrary: at the usual rate it takes under a minute and a half.
    public static let countLimit = 8192

    /// Reads a list: numbers from 1 to 65535 and ranges of them, separated by commas.
    ///
    /// Spaces are not allowed.
    ///
    /// - Throws: ``PortListError``, which says where.
    public init(_ text: String) throws(PortListError) {
        let bytes = Array(text.utf8)
        var ports: [UInt16] = []
        var seen = Set<UInt16>()
        var start = 0
        while true {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: ",")) ?? bytes.count
            for port in try Self.range(bytes, start..<end, text) where seen.insert(port).inserted {
                guard ports.count < Self.countLimit else {
                    let reason = "more than \(Self.countLimit) ports at once"
                    throw PortListError(input: text, reason: reason, range: start..<end)
                }
                ports.append(port)
            }
            if end == bytes.count { break }
            start = end + 1
        }
        self.ports = ports
    }

    private static func range(
        _ bytes: [UInt8],
        _ place: Range<Int>,
        _ text: String
    ) throws(PortListError) -> ClosedRange<UInt16> {
        guard let dash = bytes[place].firstIndex(of: UInt8(ascii: "-")) else {
            let port = try port(bytes, place, text)
            return port...port
        }
        let first = try port(bytes, place.lowerBound..<dash, text)
        let last = try port(bytes, dash + 1..<place.upperBound, text)
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
    fileprivate var digit: Int? {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) ? Int(self - UInt8(ascii: "0")) : nil
    }
}

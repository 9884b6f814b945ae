/// A message that can be told from all others: whose it is, of which session, and its number there.
struct WitnessedMessage: Sendable {
    /// Of every one, in bytes.
    private static let size = 64
    private static let opening = Array("[message ".utf8)
    private static let closing = UInt8(ascii: "]")

    let name: String

    /// A message of the process `sender`, in its session so and so, in the order of sending.
    init(_ sender: String, session: Int, number: Int) {
        name = "\(sender)/\(session)/\(number)"
    }

    init?(_ bytes: [UInt8]) {
        var names = Self.names(in: bytes)
        guard bytes.count == Self.size, names.count == 1 else { return nil }
        name = names.removeLast()
    }

    var bytes: [UInt8] {
        var bytes = Self.opening + Array(name.utf8) + [Self.closing]
        bytes += [UInt8](repeating: UInt8(ascii: "."), count: max(0, Self.size - bytes.count))
        return bytes
    }

    /// The names of the messages in what goes over a connection, without reading its frames: the
    /// library has no say in it.
    static func names(in bytes: [UInt8]) -> [String] {
        var names: [String] = []
        var index = 0
        while let start = bytes[index...].firstIndex(of: opening[0]) {
            index = start + 1
            guard bytes[start...].starts(with: opening) else { continue }
            let begin = start + opening.count
            guard let end = bytes[begin...].prefix(size).firstIndex(of: closing) else { continue }
            names.append(String(decoding: bytes[begin..<end], as: UTF8.self))
            index = end
        }
        return names
    }
}

/// One direction of a transfer as lines of hex: mark, offset, sixteen bytes, the same as ASCII.
///
/// ```
/// < 00000000  68 65 6c 6c 6f 0a                                 |hello.|
/// ```
/// Every piece that comes begins a line, so that it is seen at once. A datagram begins at offset zero,
/// and one of no bytes is a line too. Where several connections share an output, each line begins with
/// a label: `#2 < 00000000  68 …`.
struct HexDump {
    /// Which way the bytes went.
    enum Mark: String {
        case received = "<"
        case sent = ">"
    }

    private let mark: Mark
    private let label: String
    private let isDatagram: Bool
    private let isColoured: Bool
    private var offset = 0

    private static let bytesPerLine = 16

    init(_ mark: Mark, label: String = "", isDatagram: Bool = false, isColoured: Bool) {
        self.mark = mark
        self.label = label
        self.isDatagram = isDatagram
        self.isColoured = isColoured
    }

    /// The lines for the next piece.
    mutating func lines(_ bytes: some Collection<UInt8>) -> [UInt8] {
        var text = ""
        if isDatagram {
            offset = 0
            if bytes.isEmpty { text = line(bytes) }
        }
        var rest = bytes[...]
        while !rest.isEmpty {
            let line = rest.prefix(Self.bytesPerLine)
            text += self.line(line)
            rest = rest.dropFirst(line.count)
            offset += line.count
        }
        return Array(text.utf8)
    }

    private func line(_ bytes: some Collection<UInt8>) -> String {
        var hex = ""
        for (index, byte) in bytes.enumerated() {
            hex += index == Self.bytesPerLine / 2 ? "  " : " "
            hex += Self.hex(Int(byte), width: 2)
        }
        let full = Self.bytesPerLine * 3 + 1
        let padding = String(repeating: " ", count: full - hex.utf8.count)
        let start = "\(label)\(mark.rawValue) \(Self.hex(offset, width: 8))"
        let line = "\(start) \(hex)\(padding)  |\(Self.ascii(bytes))|"
        guard isColoured else { return line + "\n" }
        // SGR 36 and 33: cyan comes, yellow goes. The bytes themselves are plain ASCII here.
        return "\u{1B}[\(mark == .received ? 36 : 33)m\(line)\u{1B}[0m\n"
    }

    /// What a person can read of them, and dots.
    static func ascii(_ bytes: some Collection<UInt8>) -> String {
        bytes.map { 0x20..<0x7F ~= $0 ? String(UnicodeScalar($0)) : "." }.joined()
    }

    private static func hex(_ value: Int, width: Int) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

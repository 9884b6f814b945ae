/// Base64 (RFC 4648 §4), as much of it as the handshake needs.
enum Base64 {
    static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
    )
    static let padding = UInt8(ascii: "=")

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let group = bytes[index..<min(index + 3, bytes.count)]
            var bits = group.reduce(0) { $0 << 8 | Int($1) }
            bits <<= 8 * (3 - group.count)
            for position in 0..<4 {
                let isThere = position <= group.count
                text.append(isThere ? alphabet[bits >> (18 - 6 * position) & 63] : padding)
            }
            index += 3
        }
        return String(decoding: text, as: UTF8.self)
    }
}

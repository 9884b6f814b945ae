/// Reads `1#( token *( ";" token [ "=" ( token / quoted-string ) ] ) )` (RFC 6455 §9.1).
struct WebSocketExtensionParser {
    private let bytes: [UInt8]
    private var index = 0

    init(_ value: String) { bytes = Array(value.utf8) }

    mutating func list() throws(WebSocketExtensionError) -> [WebSocketExtension] {
        var list: [WebSocketExtension] = []
        while true {
            skipSpace()
            // RFC 9110 §5.6.1.2: a recipient takes empty elements of a list.
            if !isAtEnd, !isNext(",") { list.append(try entry()) }
            guard !isAtEnd else { break }
            try expect(",")
        }
        guard !list.isEmpty else { throw .malformed(offset: index) }
        return list
    }

    private mutating func entry() throws(WebSocketExtensionError) -> WebSocketExtension {
        let name = try token()
        var parameters: [WebSocketExtension.Parameter] = []
        skipSpace()
        while skip(";") {
            skipSpace()
            let name = try token()
            skipSpace()
            var value: String?
            if skip("=") {
                skipSpace()
                value = isNext("\"") ? try quotedToken() : try token()
                skipSpace()
            }
            parameters.append(.init(name, value))
        }
        return WebSocketExtension(name, parameters)
    }

    private mutating func token() throws(WebSocketExtensionError) -> String {
        let start = index
        while index < bytes.count, Self.isTokenByte(bytes[index]) { index += 1 }
        guard index > start else { throw .malformed(offset: index) }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    /// A quoted string, whose content must be a token (RFC 6455 §9.1).
    private mutating func quotedToken() throws(WebSocketExtensionError) -> String {
        try expect("\"")
        var content: [UInt8] = []
        while index < bytes.count, !isNext("\"") {
            if isNext("\\") { index += 1 }
            guard index < bytes.count, Self.isTokenByte(bytes[index]) else { break }
            content.append(bytes[index])
            index += 1
        }
        try expect("\"")
        guard !content.isEmpty else { throw .malformed(offset: index - 1) }
        return String(decoding: content, as: UTF8.self)
    }

    private var isAtEnd: Bool { index == bytes.count }

    private func isNext(_ character: Unicode.Scalar) -> Bool {
        index < bytes.count && UInt32(bytes[index]) == character.value
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard isNext(character) else { return false }
        index += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(WebSocketExtensionError) {
        guard skip(character) else { throw .malformed(offset: index) }
    }

    private mutating func skipSpace() {
        while isNext(" ") || isNext("\t") { index += 1 }
    }

    /// `tchar` of RFC 9110 §5.6.2.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}

internal import Escaping

/// One JSON object on one line (RFC 8259), with its members in the order given.
struct JSONLine: ExpressibleByDictionaryLiteral, CustomStringConvertible {
    /// What a member can be.
    enum Value {
        case text(String)
        case number(Int)
        case flag(Bool)
        case texts([String])
        case objects([JSONLine])
    }

    private var text = "{"

    init(dictionaryLiteral members: (String, Value)...) {
        for (key, value) in members { append(key, value) }
    }

    /// The object, closed.
    var description: String { text + "}" }

    /// The object without its last brace, for whoever writes the last member by other means.
    var open: String { text }

    mutating func append(_ key: String, _ value: Value) {
        if text.utf8.count > 1 { text += "," }
        text += Self.quoted(key) + ":"
        switch value {
        case .text(let value): text += Self.quoted(value)
        case .number(let value): text += "\(value)"
        case .flag(let value): text += "\(value)"
        case .texts(let values): text += "[\(values.map(Self.quoted).joined(separator: ","))]"
        case .objects(let values): text += "[\(values.map(\.description).joined(separator: ","))]"
        }
    }

    /// A string of RFC 8259 §7.
    ///
    /// What a terminal must not get as it is is escaped too, which it allows: the text is the same.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        var scan = DisguiseScan()
        for scalar in text.unicodeScalars {
            let isDisguise = scan.isDisguise(scalar)
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case _ where isDisguise:
                for unit in String(scalar).utf16 { result += "\\u" + hex(unit) }
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    private static func hex(_ value: UInt16) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}

internal import CProgram
internal import Glibc

/// The words of the command line: as bytes, which is what the kernel gives and what file names are,
/// and as texts, which is what ArgumentParser takes.
///
/// ```text
/// bytes  72 E9 73 75 6D E9        ("résumé" in Latin-1, no UTF-8)
/// text   r U+10FFE9 s u m U+10FFE9
/// ```
///
/// A byte that is no UTF-8 is U+10FF00 plus the byte in the text, a scalar that nobody can have meant:
/// it is for private use. So the text says which bytes there were, and
/// ``ProgramArguments/bytes(of:)`` gives them back; those scalars themselves are taken for such bytes,
/// so that there is one text for any bytes.
enum ProgramArguments {
    /// Without the program's own name.
    static let all: [[UInt8]] = (1..<max(1, Int(cprogram_argument_count()))).compactMap { index in
        // argv of main, which stays as it is for the life of the process.
        guard let argument = unsafe cprogram_argument(CInt(index)) else { return nil }
        return unsafe [UInt8](UnsafeRawBufferPointer(start: argument, count: strlen(argument)))
    }

    /// For ArgumentParser.
    static var texts: [String] { all.map(text(of:)) }

    /// The bytes that a text of the command line was made from.
    static func bytes(of text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        for scalar in text.unicodeScalars {
            if let byte = byte(of: scalar) {
                bytes.append(byte)
            } else {
                bytes.append(contentsOf: UTF8.encode(scalar) ?? .init())
            }
        }
        return bytes
    }

    /// The environment, in texts that stand for bytes as those of the command line do.
    static var environment: [String: String] {
        var variables: [String: String] = [:]
        var next = unsafe environ
        while let entry = unsafe next.pointee {
            let bytes = unsafe [UInt8](UnsafeRawBufferPointer(start: entry, count: strlen(entry)))
            unsafe next += 1
            guard let equals = bytes.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let name = text(of: Array(bytes[..<equals]))
            // Of two the first counts, as for getenv(3).
            if variables[name] == nil { variables[name] = text(of: Array(bytes[(equals + 1)...])) }
        }
        return variables
    }

    /// A text of the command line in a spelling that has escapes for what is no text: `\xe9` in a Unix
    /// address, `%e9` in a URL.
    static func escaped(_ text: String, by mark: String) -> String {
        text.unicodeScalars.map { scalar in
            // No byte that is UTF-8 by itself is among them, so that there are two digits.
            byte(of: scalar).map { mark + String($0, radix: 16) } ?? String(scalar)
        }.joined()
    }

    /// The text that stands for these bytes.
    static func text(of bytes: [UInt8]) -> String {
        var text = String.UnicodeScalarView()
        var (parser, iterator) = (UTF8.ForwardParser(), bytes.makeIterator())
        var rest = bytes[...]
        while true {
            switch parser.parseScalar(from: &iterator) {
            case .valid(let encoded):
                let scalar = UTF8.decode(encoded)
                if byte(of: scalar) == nil {
                    text.append(scalar)
                } else {
                    text.append(contentsOf: encoded.map(scalar(of:)))
                }
                rest = rest.dropFirst(encoded.count)
            case .error(let length):
                text.append(contentsOf: rest.prefix(length).map(scalar(of:)))
                rest = rest.dropFirst(length)
            case .emptyInput: return String(text)
            }
        }
    }

    /// U+10FF00 for 0.
    private static let base: UInt32 = 0x10_FF00

    private static func byte(of scalar: Unicode.Scalar) -> UInt8? {
        scalar.value >= base ? UInt8(truncatingIfNeeded: scalar.value) : nil
    }

    private static func scalar(of byte: UInt8) -> Unicode.Scalar {
        // Never the other: everything up to U+10FFFF that is no surrogate is a scalar.
        Unicode.Scalar(base + UInt32(byte)) ?? "\u{FFFD}"
    }
}

import Glibc

/// The command line by its bytes, which need not be UTF-8: names of files are not.
///
/// `CommandLine.arguments` puts U+FFFD for such bytes, after which nobody can open the file. Here each of
/// them stands as a character of its own (U+10FF80…U+10FFFF, of the last private-use plane), and
/// ``bytes(of:)`` gives them back. A word in which such characters stand themselves has their
/// bytes so, too: nothing is mistaken.
enum ProgramArguments {
    /// The first of these characters stands for the byte 0x80.
    private static let escapes: ClosedRange<UInt32> = 0x10FF80...0x10FFFF
    private static let escapeBase: UInt32 = 0x10FF00

    /// What follows the program's name: as the kernel has it, or the runtime where there is no /proc.
    static var texts: [String] {
        guard let bytes = read(), !bytes.isEmpty else {
            return Array(CommandLine.arguments.dropFirst())
        }
        // Each ends with a NUL.
        let words = bytes.dropLast().split(separator: 0, omittingEmptySubsequences: false)
        return words.dropFirst().map { text(of: Array($0)) }
    }

    /// The bytes that a text of the command line was made from.
    static func bytes(of text: String) -> [UInt8] {
        text.unicodeScalars.flatMap { scalar in
            escapes.contains(scalar.value)
                ? [UInt8(truncatingIfNeeded: scalar.value)] : Array(String(scalar).utf8)
        }
    }

    private static func read() -> [UInt8]? {
        let descriptor = unsafe open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var all: [UInt8] = []
        while case .success(let bytes) = Blocking.read(descriptor, atMost: 65_536) {
            if bytes.isEmpty { return all }
            all += bytes
        }
        return nil
    }

    /// The word that stands for bytes.
    static func text(of bytes: [UInt8]) -> String {
        if let text = String(validating: bytes, as: UTF8.self),
            !text.unicodeScalars.contains(where: { escapes.contains($0.value) })
        {
            return text
        }
        var text = String.UnicodeScalarView()
        var rest = bytes[...]
        while !rest.isEmpty {
            let (scalar, count) = first(of: rest)
            text.append(scalar)
            rest = rest.dropFirst(count)
        }
        return String(text)
    }

    /// The first character, of at most four bytes; or the first byte, where that begins none.
    private static func first(of bytes: ArraySlice<UInt8>) -> (Unicode.Scalar, count: Int) {
        for count in 1...min(4, bytes.count) {
            guard let text = String(validating: bytes.prefix(count), as: UTF8.self),
                let scalar = text.unicodeScalars.first, !escapes.contains(scalar.value)
            else { continue }
            return (scalar, count)
        }
        let byte = bytes[bytes.startIndex]
        return (Unicode.Scalar(escapeBase + UInt32(byte)) ?? "\u{FFFD}", 1)
    }
}

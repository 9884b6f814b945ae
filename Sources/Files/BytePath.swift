// Not swift-system's FilePath, which rewrites what it is given (`a//b`, a slash at the end): a peer's name is
// to be judged as it came.
/// A path, or the name of a file, as the kernel has it: bytes other than NUL, in no encoding.
///
/// Two are equal when their bytes are. A `String` cannot hold a name that is not UTF-8, and takes `é` in
/// one scalar and `é` in two for the same, which are two files.
///
/// ```swift
/// let latin = BytePath([0x72, 0xE9])      // "ré" in ISO 8859-1
/// let name: BytePath = "2026/report.pdf"  // its UTF-8
/// ```
public struct BytePath: Hashable, Sendable {
    /// The bytes, without a NUL behind them.
    public let bytes: [UInt8]

    /// A path of these bytes.
    public init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

    /// A path of a text's UTF-8.
    public init(_ text: String) { bytes = Array(text.utf8) }

    /// The text whose UTF-8 it is; nil if it is not UTF-8.
    public var text: String? { String(validating: bytes, as: UTF8.self) }
}

extension BytePath: ExpressibleByStringInterpolation, CustomStringConvertible {
    /// A path of a literal's UTF-8.
    public init(stringLiteral text: String) { self.init(text) }

    /// The text, with U+FFFD in place of what is not UTF-8: to be read, not to be opened.
    public var description: String { String(decoding: bytes, as: UTF8.self) }
}

extension BytePath: Comparable {
    /// The order of bytes.
    public static func < (left: Self, right: Self) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

extension BytePath {
    private static let slash = UInt8(ascii: "/")

    /// What is beneath a path: nothing stands for this folder itself on either side.
    package func appending(_ path: BytePath) -> BytePath {
        if bytes.isEmpty { return path }
        if path.bytes.isEmpty { return self }
        return BytePath(bytes + (bytes.last == Self.slash ? [] : [Self.slash]) + path.bytes)
    }

    /// Whether it is beneath a folder.
    package func isBeneath(_ folder: BytePath) -> Bool {
        bytes.count > folder.bytes.count && bytes.starts(with: folder.bytes)
            && bytes[folder.bytes.count] == Self.slash
    }

    /// What is between slashes; nothing for two of them in a row, or at an end.
    package var components: [[UInt8]] { bytes.split(separator: Self.slash).map(Array.init) }
}

/// A name as it crosses the wire: bytes, and two names are one if all their bytes are equal.
///
/// A `String` is not that: Swift compares strings by canonical equivalence, so that `é` as one scalar and
/// as two would be one name here, and two for every other implementation of the protocol. Comparing and
/// hashing bytes is also several times faster, because nothing is normalised.
///
/// ```swift
/// let name: WireName = "prices"
/// guard name == "prices", name.text.count == 6 else { return }
/// ```
public struct WireName: Hashable, Comparable, Sendable {
    /// What the wire says; by convention UTF-8.
    public let bytes: [UInt8]

    /// A name of bytes that came.
    public init(bytes: [UInt8]) { self.bytes = bytes }

    /// A text's UTF-8, as it is: nothing is normalised.
    public init(_ text: String) { bytes = Array(text.utf8) }

    /// It as text, for people; what is not UTF-8 is replaced, so two names may look the same.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// All bytes at once: an array would hash them one by one.
    public func hash(into hasher: inout Hasher) {
        unsafe bytes.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
    }

    /// In the order of the bytes, which is that of the scalars of UTF-8.
    public static func < (a: WireName, b: WireName) -> Bool {
        a.bytes.lexicographicallyPrecedes(b.bytes)
    }
}

extension WireName: ExpressibleByStringLiteral, CustomStringConvertible {
    /// The literal's UTF-8.
    public init(stringLiteral text: String) { self.init(text) }

    /// The same as ``text``.
    public var description: String { text }
}

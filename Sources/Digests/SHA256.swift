internal import COpenSSL

/// SHA-256 (FIPS 180-4), all at once or piece by piece: EVP_DigestUpdate(3).
///
/// ```swift
/// var digest = SHA256()
/// digest.update(Array("hello".utf8))
/// let bytes = digest.finalize()  // 32 of them
/// ```
public struct SHA256: ~Copyable {
    /// The size of a digest in bytes.
    public static let size = 32

    private let state = DigestState(.sha256)

    /// The digest of nothing yet.
    public init() {}

    /// Adds bytes.
    public mutating func update(_ bytes: RawSpan) { state.update(bytes) }

    /// Adds bytes.
    public mutating func update(_ bytes: [UInt8]) { unsafe update(bytes.span.bytes) }

    /// The digest of everything added, 32 bytes.
    public consuming func finalize() -> [UInt8] { state.finalize() }

    /// The digest of some bytes, 32 bytes.
    public static func digest(of bytes: RawSpan) -> [UInt8] {
        var digest = SHA256()
        digest.update(bytes)
        return digest.finalize()
    }

    /// The digest of some bytes, 32 bytes.
    public static func digest(of bytes: [UInt8]) -> [UInt8] {
        unsafe digest(of: bytes.span.bytes)
    }
}

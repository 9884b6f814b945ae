internal import COpenSSL

/// SHA-1 (FIPS 180-4), for protocols that ask for it and do not rely on it for security, such as the
/// handshake of WebSocket (RFC 6455 §4.2.2): EVP_DigestUpdate(3).
///
/// ```swift
/// var digest = SHA1()
/// digest.update(Array("hello".utf8))
/// let bytes = digest.finalize()  // 20 of them
/// ```
public struct SHA1: ~Copyable {
    /// The size of a digest in bytes.
    public static let size = 20

    private let state = DigestState(.sha1)

    /// The digest of nothing yet.
    public init() {}

    /// Adds bytes.
    public mutating func update(_ bytes: RawSpan) { state.update(bytes) }

    /// Adds bytes.
    public mutating func update(_ bytes: [UInt8]) { unsafe update(bytes.span.bytes) }

    /// The digest of everything added, 20 bytes.
    public consuming func finalize() -> [UInt8] { state.finalize() }

    /// The digest of some bytes, 20 bytes.
    public static func digest(of bytes: RawSpan) -> [UInt8] {
        var digest = SHA1()
        digest.update(bytes)
        return digest.finalize()
    }

    /// The digest of some bytes, 20 bytes.
    public static func digest(of bytes: [UInt8]) -> [UInt8] {
        unsafe digest(of: bytes.span.bytes)
    }
}

/// The values of the opening handshake that are WebSocket's own (RFC 6455 §4): the key that a
/// client sends, and the proof a server gives that it read it.
///
/// The rest is HTTP and belongs to the driver.
///
/// SHA-1 is the caller's, who has a cryptography library:
/// ```swift
/// guard let key = WebSocketKey("dGhlIHNhbXBsZSBub25jZQ==") else { return 400 }
/// let accept = key.acceptValue { sha1($0) }  // s3pPLMBiTxaQ9kYGzzhZRbK+xOo=
/// ```
public struct WebSocketKey: Hashable, Sendable, CustomStringConvertible {
    /// The value of `Sec-WebSocket-Key`: 16 bytes in base64, 24 characters.
    public let description: String

    /// The version this is (`Sec-WebSocket-Version`); there is no other.
    public static let version = "13"

    /// What the server appends to the key before hashing (RFC 6455 §1.3).
    static let suffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

    /// A key as a client sent it; nil unless it is the base64 of 16 bytes.
    public init?(_ value: String) {
        let utf8 = Array(value.utf8)
        // 16 bytes are 21 characters, one more of which the last four bits are zero, and "==".
        guard utf8.count == 24, utf8[22] == Base64.padding, utf8[23] == Base64.padding,
            utf8[..<22].allSatisfy({ Base64.alphabet.contains($0) }),
            Base64.alphabet.firstIndex(of: utf8[21]).map({ $0 & 0xF == 0 }) == true
        else { return nil }
        description = value
    }

    /// The key of a client: 16 bytes that cannot be predicted (RFC 6455 §4.1).
    public init(nonce: [UInt8]) {
        precondition(nonce.count == 16, "a nonce of 16 bytes, not of \(nonce.count)")
        description = Base64.encode(nonce)
    }

    /// The value of `Sec-WebSocket-Accept` that answers it.
    ///
    /// `sha1` is SHA-1 (RFC 3174) of what it is given.
    public func acceptValue(sha1: ([UInt8]) -> [UInt8]) -> String {
        Base64.encode(sha1(Array((description + Self.suffix).utf8)))
    }
}

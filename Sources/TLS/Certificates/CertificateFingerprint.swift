/// The SHA-256 of a certificate in DER: what one certificate is pinned by.
///
/// It prints as `3a:5f:…`, and is parsed from 64 hexadecimal digits with or without colons, with or
/// without `sha256:` in front, so that what `openssl x509 -fingerprint -sha256` prints can be pasted.
public struct CertificateFingerprint: Sendable, Hashable, CustomStringConvertible {
    /// The 32 bytes.
    public let bytes: [UInt8]

    /// The size of a SHA-256.
    private static let size = 32

    /// A fingerprint of 32 bytes; nil for another number.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.size else { return nil }
        self.bytes = bytes
    }

    /// Parses a fingerprint; nil when it is none.
    public init?(_ text: String) {
        var digits = text[...]
        for prefix in ["sha256:", "SHA256:"] where digits.hasPrefix(prefix) {
            digits = digits.dropFirst(prefix.count)
        }
        var bytes: [UInt8] = []
        var high: UInt8?
        for character in digits where character != ":" {
            guard let value = character.hexDigitValue, bytes.count < Self.size else { return nil }
            if let first = high {
                bytes.append(first << 4 | UInt8(value))
                high = nil
            } else {
                high = UInt8(value)
            }
        }
        guard high == nil else { return nil }
        self.init(bytes: bytes)
    }

    /// Pairs of digits between colons.
    public var description: String {
        bytes.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined(separator: ":")
    }
}

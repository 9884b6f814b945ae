internal import COpenSSL

/// Whether two secrets are the same, found in a time that says nothing about where they differ:
/// CRYPTO_memcmp(3).
///
/// Their sizes are no secret.
///
/// ```swift
/// guard constantTimeEqual(given, expected) else { return .refused }
/// ```
public func constantTimeEqual(_ left: RawSpan, _ right: RawSpan) -> Bool {
    guard left.byteCount == right.byteCount else { return false }
    guard left.byteCount > 0 else { return true }
    return unsafe left.withUnsafeBytes { left in
        unsafe right.withUnsafeBytes { right in
            unsafe CRYPTO_memcmp(left.baseAddress, right.baseAddress, left.count) == 0
        }
    }
}

/// Whether two secrets are the same, in a time that says nothing about where they differ.
public func constantTimeEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    unsafe constantTimeEqual(left.span.bytes, right.span.bytes)
}

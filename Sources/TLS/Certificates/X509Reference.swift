internal import COpenSSL
internal import Sockets

/// An X509 of OpenSSL's, counted.
@safe final class X509Reference: @unchecked Sendable {
    // "@unchecked": never changed, and OpenSSL counts references atomically.
    private let pointer: OpaquePointer

    /// Takes a reference over.
    init(owning pointer: OpaquePointer) { unsafe self.pointer = pointer }

    /// Reads DER.
    init(der: [UInt8]) throws(TLSFault) {
        ERR_clear_error()
        let pointer = unsafe der.withUnsafeBufferPointer { bytes in
            var place = bytes.baseAddress
            return unsafe d2i_X509(nil, &place, CLong(bytes.count))
        }
        guard let pointer = unsafe pointer else {
            throw TLSFault.fromErrorQueue(.malformed, "a certificate")
        }
        unsafe self.pointer = pointer
    }

    deinit { unsafe X509_free(pointer) }

    /// Lends the certificate, which the reference keeps for as long.
    func withPointer<Result, Failure: Error>(
        _ body: (OpaquePointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { withExtendedLifetime(self) {} }
        return try unsafe body(pointer)
    }
}

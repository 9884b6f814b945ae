internal import COpenSSL
internal import Sockets

/// A certificate, its issuers and its key, as OpenSSL has them.
@safe final class IdentityReference: @unchecked Sendable {
    // "@unchecked": never changed, and OpenSSL counts references atomically.
    let leaf: X509Reference
    let issuers: [X509Reference]
    let key: OpaquePointer

    /// Takes the key over, also when it throws.
    init(_ chain: [X509Reference], owningKey key: OpaquePointer) throws(TLSFault) {
        guard let leaf = chain.first else {
            unsafe EVP_PKEY_free(key)
            throw TLSFault(.invalidArgument, "no certificate")
        }
        ERR_clear_error()
        guard unsafe leaf.withPointer({ unsafe X509_check_private_key($0, key) }) == 1 else {
            unsafe EVP_PKEY_free(key)
            throw TLSFault.fromErrorQueue(.invalidArgument, "the key is not the certificate's")
        }
        self.leaf = leaf
        issuers = Array(chain.dropFirst())
        unsafe self.key = key
    }

    deinit { unsafe EVP_PKEY_free(key) }
}

internal import COpenSSL

/// A digest in the making: an EVP_MD_CTX, which it owns.
@safe struct DigestState: ~Copyable {
    private let context: OpaquePointer

    /// Which one.
    enum Algorithm {
        case sha1
        case sha256
    }

    init(_ algorithm: Algorithm) {
        let type = unsafe algorithm == .sha1 ? EVP_sha1() : EVP_sha256()
        // Both are built in; what fails here is the allocation.
        guard let context = unsafe EVP_MD_CTX_new(),
            unsafe EVP_DigestInit_ex(context, type, nil) == 1
        else { preconditionFailure("no memory for a digest") }
        unsafe self.context = context
    }

    deinit { unsafe EVP_MD_CTX_free(context) }

    func update(_ bytes: RawSpan) {
        let result = unsafe bytes.withUnsafeBytes {
            unsafe EVP_DigestUpdate(context, $0.baseAddress, $0.count)
        }
        precondition(result == 1, "EVP_DigestUpdate fails only without a digest")
    }

    func finalize() -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { memory, count in
            var size: CUnsignedInt = 0
            let result = unsafe EVP_DigestFinal_ex(context, memory.baseAddress, &size)
            precondition(result == 1, "EVP_DigestFinal fails only without a digest")
            count = Int(size)
        }
    }
}

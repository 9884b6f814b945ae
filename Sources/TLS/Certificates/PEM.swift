internal import COpenSSL
internal import Escaping
internal import Sockets

/// Reading and writing PEM (RFC 7468) by way of BIOs.
enum PEM {
    /// Every certificate of a BIO, in order.
    static func certificates(from bio: OpaquePointer) throws(TLSFault) -> [X509Reference] {
        var found: [X509Reference] = []
        ERR_clear_error()
        while let certificate = unsafe PEM_read_bio_X509(bio, nil, noPassword, nil) {
            unsafe found.append(X509Reference(owning: certificate))
        }
        // "No start line" is how the end shows itself.
        let error = ERR_peek_last_error()
        let isEnd =
            ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE
        guard isEnd, !found.isEmpty else {
            throw TLSFault.fromErrorQueue(.malformed, "certificates in PEM")
        }
        ERR_clear_error()
        return found
    }

    /// Asked for a password, which is never typed at a terminal: there is none.
    private static let noPassword:
        @convention(c) (
            UnsafeMutablePointer<CChar>?, CInt, CInt, UnsafeMutableRawPointer?
        ) -> CInt = { _, _, _, _ in -1 }

    /// The first private key of a BIO; the caller frees it.
    static func privateKey(from bio: OpaquePointer) throws(TLSFault) -> OpaquePointer {
        ERR_clear_error()
        guard let key = unsafe PEM_read_bio_PrivateKey(bio, nil, noPassword, nil) else {
            throw TLSFault.fromErrorQueue(.invalidArgument, "a private key in PEM")
        }
        return unsafe key
    }

    /// Runs `body` with a BIO that reads a text.
    static func reading<Result>(
        _ text: String,
        _ body: (OpaquePointer) throws(TLSFault) -> Result
    ) throws(TLSFault) -> Result {
        // Copied into a BIO of its own: one around an array would have to outlive it.
        guard let bio = unsafe BIO_new(BIO_s_mem()) else { throw TLSFault(.memoryLimit, "a BIO") }
        defer { unsafe BIO_free_all(bio) }
        var text = text
        text.withUTF8 { bytes in
            _ = unsafe BIO_write(bio, bytes.baseAddress, CInt(clamping: bytes.count))
        }
        return unsafe try body(bio)
    }

    /// Runs `body` with a BIO that reads a file.
    static func reading<Result>(
        file path: [UInt8],
        _ body: (OpaquePointer) throws(TLSFault) -> Result
    ) throws(TLSFault) -> Result {
        ERR_clear_error()
        let name = path.map(CChar.init(bitPattern:)) + [0]
        guard let bio = unsafe BIO_new_file(name, "re") else {
            throw TLSFault.fromErrorQueue(.invalidArgument, path.escaped(.line))
        }
        defer { unsafe BIO_free_all(bio) }
        do throws(TLSFault) {
            return unsafe try body(bio)
        } catch {
            throw TLSFault(.invalidArgument, "\(path.escaped(.line)): \(error.detail)")
        }
    }

    /// What `body` writes into a BIO, as text.
    static func text(_ body: (OpaquePointer) -> Void) -> String {
        guard let bio = unsafe BIO_new(BIO_s_mem()) else {
            preconditionFailure("no memory for a BIO")
        }
        defer { unsafe BIO_free_all(bio) }
        unsafe body(bio)
        var bytes: UnsafeMutablePointer<CChar>?
        let count = unsafe copenssl_memory(bio, &bytes)
        guard let bytes = unsafe bytes, count > 0 else { return "" }
        let memory = unsafe UnsafeRawBufferPointer(start: bytes, count: Int(count))
        return unsafe String(decoding: memory, as: UTF8.self)
    }
}

internal import COpenSSL
internal import Sockets

/// A file of connections' secrets in the NSS key log format, which only its owner may read.
@safe final class KeyLog: @unchecked Sendable {
    // "@unchecked": written to under the lock.
    private let file: OpaquePointer
    private let lock = Lock(())

    init(appendingTo path: String) throws(TLSFault) {
        ERR_clear_error()
        guard let file = unsafe copenssl_open_private_file(path) else {
            throw TLSFault(.invalidArgument, "the key log \(path) cannot be written")
        }
        unsafe self.file = file
    }

    deinit { unsafe BIO_free_all(file) }

    /// Appends a line, in one write(2), so that several processes may share the file.
    func append(_ line: String) {
        var text = line + "\n"
        lock.withLock { _ in
            text.withUTF8 { bytes in
                _ = unsafe BIO_write(file, bytes.baseAddress, CInt(clamping: bytes.count))
            }
        }
    }
}

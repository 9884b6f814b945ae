internal import COpenSSL
internal import Sockets

/// What OpenSSL reads records from and writes them to: two buffers, no socket (BIO_meth_new(3)).
///
/// A memory BIO would keep its memory for as long as the connection lives, and copy once more.
@safe final class CiphertextPipe {
    /// What came from the transport and OpenSSL has not taken yet.
    var incoming = ByteBuffer(limit: CiphertextPipe.receiveLimit)

    /// What OpenSSL has produced and the transport has not been given yet.
    var outgoing = ByteBuffer(limit: CiphertextPipe.sendLimit)

    /// OpenSSL produced more than the limit.
    private(set) var isOverfull = false

    /// What one receive of the transport's takes: the size of a loop's chunk.
    static let receiveLimit = 65_536

    /// Records that wait to be sent.
    ///
    /// A send produces 64 KiB, a handshake at most the certificates one has configured. The rest is
    /// for what a peer can provoke from a side that only receives (warning alerts). Arbitrary.
    static let sendLimit = 1 << 18

    /// A BIO on the pipe, which must outlive it.
    func makeBIO() -> OpaquePointer? {
        guard let bio = unsafe BIO_new(PipeMethod.shared.pointer) else { return nil }
        unsafe BIO_set_data(bio, Unmanaged.passUnretained(self).toOpaque())
        return unsafe bio
    }

    /// Moves what OpenSSL has produced to the end of a buffer, if it has room.
    func moveOutgoing(behind records: inout ByteBuffer) {
        if records.isEmpty {
            swap(&records, &outgoing)
        } else if outgoing.count <= records.limit - records.count {
            records.append(outgoing.bytes)
            outgoing.clear()
        }
    }

    fileprivate func read(into memory: UnsafeMutableRawPointer, _ size: Int) -> Int {
        let count = min(size, incoming.count)
        guard count > 0, let source = unsafe incoming.contents.baseAddress else { return 0 }
        unsafe memory.copyMemory(from: source, byteCount: count)
        incoming.consume(count)
        return count
    }

    fileprivate func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count <= outgoing.limit - outgoing.count else {
            isOverfull = true
            return false
        }
        unsafe outgoing.append(RawSpan(_unsafeBytes: bytes))
        return true
    }
}

/// The functions of such a BIO, registered once in a process.
@safe private struct PipeMethod: @unchecked Sendable {
    // "@unchecked": never changed after it is made.
    let pointer: OpaquePointer

    static let shared = PipeMethod()

    private init() {
        let type = BIO_get_new_index() | BIO_TYPE_SOURCE_SINK
        guard let method = unsafe BIO_meth_new(type, "ciphertext") else {
            preconditionFailure("no memory for a BIO's method")
        }
        unsafe BIO_meth_set_read_ex(method) { bio, memory, size, count in
            guard let bio = unsafe bio, let memory = unsafe memory, let count = unsafe count else {
                return 0
            }
            unsafe copenssl_clear_retry(bio)
            unsafe count.pointee = pipe(of: bio).read(into: memory, size)
            if unsafe count.pointee > 0 { return 1 }
            // The end of the transport is the stream's to judge, so to OpenSSL it never comes.
            unsafe copenssl_retry_read(bio)
            return 0
        }
        unsafe BIO_meth_set_write_ex(method) { bio, bytes, size, count in
            guard let bio = unsafe bio, let count = unsafe count else { return 0 }
            unsafe copenssl_clear_retry(bio)
            guard unsafe pipe(of: bio).write(UnsafeRawBufferPointer(start: bytes, count: size))
            else { return 0 }
            unsafe count.pointee = size
            return 1
        }
        unsafe BIO_meth_set_ctrl(method) { _, command, _, _ in
            // Nothing is held back, so flushing has been done.
            command == BIO_CTRL_FLUSH ? 1 : 0
        }
        unsafe pointer = method
    }
}

/// The pipe of a BIO, which `makeBIO` gave it.
private func pipe(of bio: OpaquePointer) -> CiphertextPipe {
    guard let data = unsafe BIO_get_data(bio) else { preconditionFailure("a BIO without a pipe") }
    return unsafe Unmanaged<CiphertextPipe>.fromOpaque(data).takeUnretainedValue()
}

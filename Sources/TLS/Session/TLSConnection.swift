internal import COpenSSL
internal import Sockets

/// An SSL object with everything its callbacks need: one connection's state machine, without I/O.
///
/// Rule 1. It is touched only by whoever holds the lock of its ``TLSSession``; OpenSSL's objects are
///         not thread-safe.
/// Rule 2. OpenSSL's error queue belongs to the thread: it is cleared before each call and read right
///         after it, and nothing is awaited in between.
@safe final class TLSConnection {
    let ssl: OpaquePointer
    let pipe = CiphertextPipe()
    let side: Side

    /// What the transport did not take of what it was given: goes first.
    var transit = ByteBuffer(limit: CiphertextPipe.sendLimit)

    /// The handshake is done. (OpenSSL forgets it when an alert comes.)
    private(set) var isEstablished = false

    /// Checks of the peer's certificates that failed, in the order found.
    var failures: [CertificateFailure] = []

    /// What the two ends of a connection need of their configurations.
    enum Side {
        case client(ClientContext, name: PeerName)
        case server(ServerContext)
    }

    /// A connection of a context; the context lives as long as it does.
    init(_ side: Side) throws(TLSFault) {
        self.side = side
        let context = unsafe side.context.pointer
        ERR_clear_error()
        guard let ssl = unsafe SSL_new(context) else { throw TLSFault.fromErrorQueue(.memoryLimit) }
        unsafe self.ssl = ssl
        guard let bio = unsafe pipe.makeBIO() else { throw TLSFault(.memoryLimit, "a BIO") }
        unsafe SSL_set_bio(ssl, bio, bio)
        unsafe SSL_set_ex_data(ssl, 0, Unmanaged.passUnretained(self).toOpaque())
        switch side {
        case .client(let context, let name):
            unsafe SSL_set_connect_state(ssl)
            unsafe try context.prepare(ssl, for: name)
        case .server:
            unsafe SSL_set_accept_state(ssl)
        }
    }

    deinit { unsafe SSL_free(ssl) }

    /// The connection of an SSL object, in a callback.
    static func of(_ ssl: OpaquePointer?) -> TLSConnection? {
        guard let ssl = unsafe ssl, let data = unsafe SSL_get_ex_data(ssl, 0) else { return nil }
        return unsafe Unmanaged<TLSConnection>.fromOpaque(data).takeUnretainedValue()
    }

    // MARK: Steps

    /// What a step came to.
    enum Step {
        /// So many bytes, or done.
        case done(Int)
        /// More records must come first.
        case needsMore
        /// The peer has marked the end.
        case ended
        /// The connection is over.
        case failed(TLSFault)
    }

    /// SSL_do_handshake(3).
    func handshake() -> Step {
        ERR_clear_error()
        let result = unsafe SSL_do_handshake(ssl)
        isEstablished = result == 1
        return isEstablished ? .done(0) : outcome(of: result)
    }

    /// SSL_read_ex(3): what one record has.
    func read(into memory: UnsafeMutableRawPointer, _ size: Int) -> Step {
        var count = 0
        ERR_clear_error()
        let result = unsafe SSL_read_ex(ssl, memory, size, &count)
        return result == 1 ? .done(count) : outcome(of: result)
    }

    /// SSL_write_ex(3), of everything: the pipe never makes it wait.
    func write(_ bytes: UnsafeRawBufferPointer) -> TLSFault? {
        var count = 0
        ERR_clear_error()
        let result = unsafe SSL_write_ex(ssl, bytes.baseAddress, bytes.count, &count)
        if result == 1 { return nil }
        if case .failed(let fault) = outcome(of: result) { return fault }
        return TLSFault(.malformed, "a write that waits for the peer")
    }

    /// SSL_shutdown(3), the first half of it: close_notify.
    func markEnd() {
        ERR_clear_error()
        _ = unsafe SSL_shutdown(ssl)
        ERR_clear_error()
    }

    /// Lets a ticket to resume by go out with the next data (SSL_new_session_ticket(3)).
    ///
    /// Not right after the handshake: a client that never receives would close with the ticket unread,
    /// and its kernel would answer that with a reset, which destroys what it has sent.
    func offerTicket() {
        ERR_clear_error()
        _ = unsafe SSL_new_session_ticket(ssl)
        ERR_clear_error()
    }

    private func outcome(of result: CInt) -> Step {
        switch unsafe SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ: return .needsMore
        case SSL_ERROR_ZERO_RETURN: return .ended
        default:
            if pipe.isOverfull {
                return .failed(
                    TLSFault(
                        .limitExceeded,
                        "the peer provokes more than \(CiphertextPipe.sendLimit) bytes of answers"
                    )
                )
            }
            return .failed(TLSFault.ofConnection(self))
        }
    }
}

extension TLSConnection.Side {
    var context: TLSContext {
        switch self {
        case .client(let context, _): context.context
        case .server(let context): context.context
        }
    }
}

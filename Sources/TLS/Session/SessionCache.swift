internal import COpenSSL
internal import Sockets

/// What a client resumes connections by: sessions of servers, by name.
///
/// A ticket of TLS 1.3 is used once, so that connections cannot be told to be of one client (RFC 8446
/// appendix C.4); a session of TLS 1.2 again and again.
final class SessionCache: Sendable {
    private let sessions = Lock<[String: [ResumableSession]]>([:])

    /// Names remembered; another one takes any one's place.
    ///
    /// Arbitrary: a few MiB.
    private static let nameLimit = 1000

    /// Sessions kept of a name: as many connections can be resumed at once.
    ///
    /// Arbitrary.
    private static let sessionLimit = 4

    func store(_ session: ResumableSession, for name: String) {
        sessions.withLock { sessions in
            var known = sessions.removeValue(forKey: name) ?? []
            if known.count >= Self.sessionLimit { known.removeFirst() }
            known.append(session)
            if sessions.count >= Self.nameLimit, let other = sessions.keys.first {
                sessions[other] = nil
            }
            sessions[name] = known
        }
    }

    /// The newest session of a name.
    func take(for name: String) -> ResumableSession? {
        sessions.withLock { sessions in
            guard let session = sessions[name]?.last else { return nil }
            if session.isUsedOnce { sessions[name]?.removeLast() }
            return session
        }
    }
}

/// An SSL_SESSION, counted.
@safe final class ResumableSession: @unchecked Sendable {
    // "@unchecked": OpenSSL counts references atomically, and nothing else of it changes.
    private let pointer: OpaquePointer

    /// Takes a reference over.
    init(owning pointer: OpaquePointer) { unsafe self.pointer = pointer }

    deinit { unsafe SSL_SESSION_free(pointer) }

    var isUsedOnce: Bool {
        unsafe SSL_SESSION_get_protocol_version(pointer) >= CInt(TLSVersion.tls13.rawValue)
    }

    /// Lets a connection try to resume it (SSL_set_session(3)).
    func offer(on ssl: OpaquePointer) {
        unsafe SSL_set_session(ssl, pointer)
        withExtendedLifetime(self) {}
    }
}

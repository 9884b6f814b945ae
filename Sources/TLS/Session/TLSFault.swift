internal import COpenSSL
internal import Sockets

/// Why TLS does not go on: a code and its words, still without operation and addresses.
struct TLSFault: Error {
    let code: SocketError.Code
    let detail: String

    init(_ code: SocketError.Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }

    func error(in operation: SocketError.Operation) -> SocketError {
        SocketError(code, in: operation, detail: detail)
    }

    /// The transport ended and the peer had not said that it would.
    static let truncated = TLSFault(
        .unexpectedEnd,
        "truncated: the peer closed without close_notify"
    )
    static let cutHandshake = TLSFault(.unexpectedEnd, "the peer closed during the handshake")

    // MARK: From OpenSSL

    /// The first error of this thread's queue, which is emptied.
    static func fromErrorQueue(_ code: SocketError.Code, _ subject: String? = nil) -> TLSFault {
        let reason = text(of: takeError())
        return TLSFault(code, subject.map { "\($0): \(reason)" } ?? reason)
    }

    /// What a failed call on a connection means.
    static func ofConnection(_ connection: TLSConnection) -> TLSFault {
        let error = takeError()
        let reason = ERR_GET_REASON(error)
        guard ERR_GET_LIB(error) == ERR_LIB_SSL else {
            return TLSFault(.malformed, text(of: error))
        }
        // Alerts of the peer's are reasons from a base on (ssl(7), SSL_AD_REASON_OFFSET).
        if (SSL_AD_REASON_OFFSET..<SSL_AD_REASON_OFFSET + 256).contains(reason) {
            return ofAlert(
                reason - SSL_AD_REASON_OFFSET,
                isInHandshake: !connection.isEstablished
            )
        }
        switch reason {
        case SSL_R_CERTIFICATE_VERIFY_FAILED:
            return TLSFault(
                .untrustedPeer,
                connection.failures.first?.description ?? text(of: error)
            )
        case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
            return TLSFault(.untrustedPeer, "the client showed no certificate")
        case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_NO_SHARED_CIPHER, SSL_R_WRONG_SSL_VERSION,
            SSL_R_NO_APPLICATION_PROTOCOL, SSL_R_VERSION_TOO_LOW, SSL_R_NO_PROTOCOLS_AVAILABLE,
            SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM, SSL_R_NO_SUITABLE_KEY_SHARE,
            SSL_R_NO_SHARED_GROUPS, SSL_R_WRONG_CIPHER_RETURNED:
            return TLSFault(.handshakeFailed, text(of: error))
        case SSL_R_WRONG_VERSION_NUMBER, SSL_R_HTTP_REQUEST, SSL_R_HTTPS_PROXY_REQUEST:
            return TLSFault(.malformed, "the peer does not speak TLS (\(text(of: error)))")
        default:
            return TLSFault(.malformed, text(of: error))
        }
    }

    /// What the peer said of us (RFC 8446 §6.2).
    private static func ofAlert(_ number: CInt, isInHandshake: Bool) -> TLSFault {
        let words = name(ofAlert: number)
        // 42 to 46, 48 and 116 are about certificates. A server of TLS 1.3 judges its client's after the
        // client is done with the handshake.
        if (42...46).contains(number) || number == 48 || number == 116 {
            return TLSFault(
                .handshakeFailed,
                "the peer refused this side's certificate: \(words)"
            )
        }
        return TLSFault(isInHandshake ? .handshakeFailed : .reset, "the peer's alert: \(words)")
    }

    private static func name(ofAlert number: CInt) -> String {
        switch number {
        // Of TLS 1.3; OpenSSL has no words for them.
        case 109: "missing extension"
        case 116: "certificate required"
        default:
            unsafe SSL_alert_desc_string_long(number).map { unsafe String(cString: $0) }
                ?? "number \(number)"
        }
    }

    /// The first error is the cause; those after it say who passed it on.
    private static func takeError() -> CUnsignedLong {
        let error = ERR_get_error()
        ERR_clear_error()
        return error
    }

    private static func text(of error: CUnsignedLong) -> String {
        guard let reason = unsafe ERR_reason_error_string(error) else {
            // ERR_SYSTEM_ERROR of err.h: the rest is an errno, of a file that cannot be read.
            let systemFlag: CUnsignedLong = 1 << 31
            if error & systemFlag != 0 {
                return ErrorNumber.words(CInt(truncatingIfNeeded: error & ~systemFlag))
            }
            return error == 0 ? "OpenSSL gives no reason" : "OpenSSL's error \(error)"
        }
        return unsafe String(cString: reason)
    }
}

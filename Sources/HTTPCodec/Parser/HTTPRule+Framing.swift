extension HTTPRule {
    /// A Content-Length that is not digits alone, or beyond 64 bits (RFC 9110 §8.6): 400.
    public static var malformedContentLength: Self {
        Self(
            "malformed Content-Length",
            "a Content-Length that is not digits alone, or beyond 64 bits",
            "RFC 9110 §8.6"
        )
    }

    /// More than one Content-Length, or a list of them (RFC 9112 §6.3): 400.
    public static var repeatedContentLength: Self {
        Self(
            "repeated Content-Length",
            "more than one Content-Length, or a list of them",
            "RFC 9112 §6.3"
        )
    }

    /// Both Content-Length and Transfer-Encoding (RFC 9112 §6.1): 400.
    public static var conflictingFraming: Self {
        Self("conflicting framing", "both Content-Length and Transfer-Encoding", "RFC 9112 §6.1")
    }

    /// A transfer coding other than chunked (RFC 9112 §6.1): 501.
    public static var unsupportedTransferCoding: Self {
        Self(
            "unsupported transfer coding",
            "a transfer coding other than chunked",
            "RFC 9112 §6.1",
            501
        )
    }

    /// A Transfer-Encoding in which chunked is not last and once (RFC 9112 §6.3): 400.
    public static var malformedTransferEncoding: Self {
        Self(
            "malformed Transfer-Encoding",
            "a Transfer-Encoding in which chunked is not last and once",
            "RFC 9112 §6.3"
        )
    }

    /// A transfer coding in a message of HTTP/1.0 (RFC 9112 §6.1): 400.
    public static var transferEncodingInOldVersion: Self {
        Self(
            "Transfer-Encoding in HTTP/1.0",
            "a transfer coding in a message of HTTP/1.0",
            "RFC 9112 §6.1"
        )
    }

    /// A body announced where there can be none (RFC 9112 §6.3): 400.
    public static var unexpectedFraming: Self {
        Self("unexpected framing", "a body announced where there can be none", "RFC 9112 §6.3")
    }

    /// A body beyond the limit (RFC 9110 §15.5.14): 413.
    public static var bodyTooLarge: Self {
        Self("body too large", "a body beyond the limit", "RFC 9110 §15.5.14", 413)
    }
}

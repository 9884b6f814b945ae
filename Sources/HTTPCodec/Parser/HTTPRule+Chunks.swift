extension HTTPRule {
    /// A chunk size that is not hexadecimal digits alone, or beyond 63 bits (RFC 9112 §7.1): 400.
    public static var malformedChunkSize: Self {
        Self(
            "malformed chunk size",
            "a chunk size that is not hexadecimal digits alone, or beyond 63 bits",
            "RFC 9112 §7.1"
        )
    }

    /// Chunk extensions that are not `;name` or `;name=value` (RFC 9112 §7.1.1): 400.
    public static var malformedChunkExtension: Self {
        Self(
            "malformed chunk extension",
            "chunk extensions that are not `;name` or `;name=value`",
            "RFC 9112 §7.1.1"
        )
    }

    /// Chunk extensions beyond the limit together (RFC 9112 §7.1.1): 400.
    public static var chunkExtensionsTooLarge: Self {
        Self(
            "chunk extensions too large",
            "chunk extensions beyond the limit together",
            "RFC 9112 §7.1.1"
        )
    }

    /// Chunk data without CRLF after it (RFC 9112 §7.1): 400.
    public static var malformedChunkEnd: Self {
        Self("malformed chunk end", "chunk data without CRLF after it", "RFC 9112 §7.1")
    }

    /// A trailer section beyond the limit (RFC 6585 §5): 431.
    public static var trailersTooLarge: Self {
        Self("trailers too large", "a trailer section beyond the limit", "RFC 6585 §5", 431)
    }

    /// A trailer that frames, routes or authenticates the message (RFC 9110 §6.5.1): 400.
    public static var forbiddenTrailer: Self {
        Self(
            "forbidden trailer",
            "a trailer that frames, routes or authenticates the message",
            "RFC 9110 §6.5.1"
        )
    }
}

extension HTTPRule {
    /// A carriage return that no line feed follows (RFC 9112 §2.2): 400.
    public static var bareCarriageReturn: Self {
        Self("bare CR", "a carriage return that no line feed follows", "RFC 9112 §2.2")
    }

    /// A line that ends without a carriage return (RFC 9112 §2.2): 400.
    public static var bareLineFeed: Self {
        Self("bare LF", "a line that ends without a carriage return", "RFC 9112 §2.2")
    }

    /// More empty lines before a request than a start line may be long (RFC 9112 §2.2): 400.
    public static var emptyLines: Self {
        Self(
            "empty lines",
            "more empty lines before a request than a start line may be long",
            "RFC 9112 §2.2"
        )
    }

    /// A first byte that no HTTP message begins with (RFC 9112 §3): 400.
    public static var notHTTP: Self {
        Self("not HTTP", "a first byte that no HTTP message begins with", "RFC 9112 §3")
    }
}

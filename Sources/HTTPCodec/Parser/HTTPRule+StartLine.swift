extension HTTPRule {
    /// A start line beyond the limit (RFC 9112 §3): 414.
    public static var startLineTooLong: Self {
        Self("start line too long", "a start line beyond the limit", "RFC 9112 §3", 414)
    }

    /// A method longer than any that is known (RFC 9112 §3): 501.
    public static var methodTooLong: Self {
        Self("method too long", "a method longer than any that is known", "RFC 9112 §3", 501)
    }

    /// A method that is not a token (RFC 9110 §9.1): 400.
    public static var malformedMethod: Self {
        Self("malformed method", "a method that is not a token", "RFC 9110 §9.1")
    }

    /// Not method, target and version with one space between each (RFC 9112 §3): 400.
    public static var malformedRequestLine: Self {
        Self(
            "malformed request line",
            "not method, target and version with one space between each",
            "RFC 9112 §3"
        )
    }

    /// Not version, three digits and reason with one space between each (RFC 9112 §4): 400.
    public static var malformedStatusLine: Self {
        Self(
            "malformed status line",
            "not version, three digits and reason with one space between each",
            "RFC 9112 §4"
        )
    }

    /// A version that is not HTTP/ and two digits (RFC 9112 §2.3): 400.
    public static var malformedVersion: Self {
        Self("malformed version", "a version that is not HTTP/ and two digits", "RFC 9112 §2.3")
    }

    /// A major version other than 1 (RFC 9110 §2.5): 505.
    public static var unsupportedVersion: Self {
        Self("unsupported version", "a major version other than 1", "RFC 9110 §2.5", 505)
    }

    /// A request target in none of the four forms (RFC 9112 §3.2): 400.
    public static var malformedTarget: Self {
        Self("malformed target", "a request target in none of the four forms", "RFC 9112 §3.2")
    }

    /// A name or password in an authority (RFC 9110 §4.2.4): 400.
    public static var userinfoInTarget: Self {
        Self("userinfo in target", "a name or password in an authority", "RFC 9110 §4.2.4")
    }
}

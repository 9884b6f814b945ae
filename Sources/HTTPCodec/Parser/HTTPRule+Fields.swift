extension HTTPRule {
    /// More fields than the limit (RFC 6585 §5): 431.
    public static var tooManyFields: Self {
        Self("too many fields", "more fields than the limit", "RFC 6585 §5", 431)
    }

    /// Field lines beyond the limit together (RFC 6585 §5): 431.
    public static var fieldsTooLarge: Self {
        Self("fields too large", "field lines beyond the limit together", "RFC 6585 §5", 431)
    }

    /// A field line that begins with whitespace (RFC 9112 §5.2): 400.
    public static var foldedLine: Self {
        Self("folded line", "a field line that begins with whitespace", "RFC 9112 §5.2")
    }

    /// A field name that is not a token followed by a colon (RFC 9112 §5.1): 400.
    public static var malformedFieldName: Self {
        Self(
            "malformed field name",
            "a field name that is not a token followed by a colon",
            "RFC 9112 §5.1"
        )
    }

    /// A control byte in a field value (RFC 9110 §5.5): 400.
    public static var controlInFieldValue: Self {
        Self("control byte in field value", "a control byte in a field value", "RFC 9110 §5.5")
    }

    /// No Host in an HTTP/1.1 request (RFC 9112 §3.2): 400.
    public static var missingHost: Self {
        Self("missing Host", "no Host in an HTTP/1.1 request", "RFC 9112 §3.2")
    }

    /// More than one Host (RFC 9112 §3.2): 400.
    public static var repeatedHost: Self {
        Self("repeated Host", "more than one Host", "RFC 9112 §3.2")
    }

    /// A Host that is not a host and an optional port (RFC 9110 §7.2): 400.
    public static var malformedHost: Self {
        Self("malformed Host", "a Host that is not a host and an optional port", "RFC 9110 §7.2")
    }

    /// A Connection that is not a list of tokens (RFC 9110 §7.6.1): 400.
    public static var malformedConnection: Self {
        Self("malformed Connection", "a Connection that is not a list of tokens", "RFC 9110 §7.6.1")
    }

    /// An Upgrade that is not a list of protocols (RFC 9110 §7.8): 400.
    public static var malformedUpgrade: Self {
        Self("malformed Upgrade", "an Upgrade that is not a list of protocols", "RFC 9110 §7.8")
    }

    /// An expectation other than 100-continue (RFC 9110 §10.1.1): 417.
    public static var unknownExpectation: Self {
        Self(
            "unknown expectation",
            "an expectation other than 100-continue",
            "RFC 9110 §10.1.1",
            417
        )
    }
}

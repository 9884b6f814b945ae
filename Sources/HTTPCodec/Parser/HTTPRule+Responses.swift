extension HTTPRule {
    /// A response to no request (RFC 9112 §9.2).
    public static var unexpectedResponse: Self {
        Self("unexpected response", "a response to no request", "RFC 9112 §9.2", 502)
    }

    /// More interim responses than the limit (RFC 9110 §15.2).
    public static var tooManyInterimResponses: Self {
        Self(
            "too many interim responses",
            "more interim responses than the limit",
            "RFC 9110 §15.2",
            502
        )
    }

    /// 101 without the protocol it switches to (RFC 9110 §15.2.2).
    public static var unexpectedSwitch: Self {
        Self(
            "unexpected switch",
            "101 without the protocol it switches to",
            "RFC 9110 §15.2.2",
            502
        )
    }
}

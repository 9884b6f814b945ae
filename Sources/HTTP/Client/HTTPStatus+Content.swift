internal import HTTPCodec

extension HTTPResponse.Status {
    /// Whether the answer is what was asked for (RFC 9110 §15.3): any 2xx, but for a part of it that nobody asked
    /// for.
    ///
    /// Where a range was asked for, 206 is what was asked for too.
    package var hasContentAsked: Bool { kind == .successful && self != .partialContent }
}

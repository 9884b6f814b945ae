public import HTTPTypes

/// A rule of HTTP or a limit that a peer broke, where in its bytes, and what a server answers.
///
/// Printed: `HTTP conflicting framing at byte 61: both Content-Length and Transfer-Encoding (RFC 9112
/// §6.1); 400 Bad Request`.
///
/// After one, the connection cannot be used: where the next message begins is not known. A server
/// answers with `status` and closes; the parser throws the same again whenever it is asked.
public struct HTTPViolation: Error, Hashable, Sendable {
    /// What was broken.
    public let rule: HTTPRule

    /// Where: bytes of this direction before the offending one, since the connection's first.
    public let offset: UInt64

    /// What a server answers before it closes.
    ///
    /// For a broken response it is what a gateway would answer its own client, 502.
    public let status: HTTPResponse.Status

    init(_ rule: HTTPRule, at offset: UInt64, status: HTTPResponse.Status) {
        self.rule = rule
        self.offset = offset
        self.status = status
    }
}

extension HTTPViolation: CustomStringConvertible {
    /// Rule, place, sentence, section and status on one line.
    public var description: String {
        "HTTP \(rule.name) at byte \(offset): \(rule.sentence) (\(rule.section)); \(status)"
    }
}

public import HTTPTypes

/// A rule of HTTP or a limit that a peer broke, where in its bytes, and what a server answers.
///
/// Printed, of a request: `HTTP conflicting framing at byte 61: both Content-Length and Transfer-Encoding (RFC 9112
/// §6.1); 400 Bad Request`.
///
/// After one, the connection cannot be used: where the next message begins is not known. A server
/// answers with `status` and closes; the parser throws the same again whenever it is asked.
public struct HTTPViolation: Error, Hashable, Sendable {
    /// What was broken.
    public let rule: HTTPRule

    /// Where: bytes of this direction before the offending one, since the connection's first.
    public let offset: UInt64

    /// What a server answers to a broken request before it closes; nil of a response, to which nobody does.
    public let status: HTTPResponse.Status?

    init(_ rule: HTTPRule, at offset: UInt64, status: HTTPResponse.Status?) {
        self.rule = rule
        self.offset = offset
        self.status = status
    }
}

extension HTTPViolation: CustomStringConvertible {
    /// Rule, place, sentence, section, and the status if there is one, on one line.
    public var description: String {
        let text = "HTTP \(rule.name) at byte \(offset): \(rule.sentence) (\(rule.section))"
        return status.map { "\(text); \($0)" } ?? text
    }
}

public import SessionProtocol

/// Thrown by a handler to choose the status and the words that the caller gets.
///
/// Any other error is told as `failed`, without words: what goes wrong inside is nobody's business.
///
/// ```swift
/// handlers.reply("divide") { request in
///     throw CallRefusal(SessionCode(rawValue: 1_024), "division by zero")
/// }
/// ```
public struct CallRefusal: Error, Hashable, Sendable {
    /// The status of the call: applications have the codes from 1,024.
    public let code: SessionCode
    /// More words, cut at 1,024 bytes.
    public let text: String

    /// A refusal.
    public init(_ code: SessionCode = .refused, _ text: String = "") {
        self.code = code
        self.text = text
    }
}

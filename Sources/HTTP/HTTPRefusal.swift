public import HTTPCodec

/// What a handler throws to answer with a status: `throw HTTPRefusal(.notFound)`.
///
/// The client gets a line of text; the connection goes on.
public struct HTTPRefusal: Error, Sendable, CustomStringConvertible {
    /// The status.
    public let status: HTTPResponse.Status

    /// What is said in the body, in a line.
    public let reason: String

    /// Fields of the answer.
    public let fields: HTTPFields

    /// A refusal; its reason is the status's own unless one is given.
    public init(
        _ status: HTTPResponse.Status,
        _ reason: String? = nil,
        fields: HTTPFields = [:]
    ) {
        self.status = status
        self.reason = reason ?? "\(status.code) \(status.reasonPhrase)"
        self.fields = fields
    }

    /// Status and reason.
    public var description: String { "HTTP \(status.code): \(reason)" }
}

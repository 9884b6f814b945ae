internal import HTTPCodec

/// What a request carries.
///
/// ```swift
/// let body = HTTPRequestBody.stream(length: nil) { writer in
///     for line in lines { try await writer.write(line) }
/// }
/// ```
public struct HTTPRequestBody: Sendable {
    /// Writes the body, a piece at a time; what it throws ends the exchange, and is thrown by `send`.
    public typealias Source = @Sendable (HTTPRequestWriter) async throws -> Void

    enum Content: Sendable {
        case none
        case bytes([UInt8])
        case stream(length: UInt64?, isReplayable: Bool, Source)
    }

    let content: Content

    /// No body.
    public static let none = Self(content: .none)

    /// Bytes that are there.
    public static func bytes(_ bytes: [UInt8]) -> Self { Self(content: .bytes(bytes)) }

    /// A text as UTF-8.
    public static func text(_ text: String) -> Self { bytes(Array(text.utf8)) }

    /// A body that is written while it is sent, beside the task that waits for the response: the
    /// server's pace is the writer's.
    ///
    /// - Parameters:
    ///   - length: Its length; if that is not known, it is sent in chunks.
    ///   - isReplayable: Whether `source` may be called again, on a redirect or a new connection.
    ///   - source: Called once, or more often if it may be.
    /// - Returns: The body.
    public static func stream(
        length: UInt64?,
        isReplayable: Bool = false,
        _ source: @escaping Source
    ) -> Self {
        Self(content: .stream(length: length, isReplayable: isReplayable, source))
    }

    /// How it is delimited.
    ///
    /// Methods that usually have a body say that this one is empty (RFC 9110 §8.6).
    func framing(for method: HTTPRequest.Method) -> HTTPFraming {
        switch content {
        case .none:
            switch method {
            case .post, .put, .patch: .length(0)
            default: .none
            }
        case .bytes(let bytes): .length(UInt64(bytes.count))
        case .stream(let length?, _, _): .length(length)
        case .stream(nil, _, _): .chunked
        }
    }

    /// Whether it can be sent a second time.
    var isReplayable: Bool {
        if case .stream(_, let isReplayable, _) = content { isReplayable } else { true }
    }
}

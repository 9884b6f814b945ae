internal import FoundationEssentials
public import Sessions
public import Sockets

// Values of your own types as JSON (RFC 8259), where the session has bytes.

extension Session {
    /// Calls the other end with a value, and reads its answer as one.
    ///
    /// ```swift
    /// let sum = try await session.call("add", Pair(a: 1, b: 2), as: Int.self)
    /// ```
    /// - Throws: `SessionError`; `malformed` for an answer that is not such a value, `tooLong` beyond `limit`
    ///   bytes.
    public func call<Answer: Decodable>(
        _ name: String,
        _ request: some Encodable,
        as type: Answer.Type = Answer.self,
        limit: Int = Session.answerSizeLimit,
        by deadline: Deadline = .never
    ) async throws -> Answer {
        let answer = try await call(name, try JSON.bytes(of: request), limit: limit, by: deadline)
        return try JSON.value(of: answer)
    }
}

extension SessionHandlers {
    /// Handles calls of one value and one answer.
    ///
    /// A request that is not such a value is refused with `malformed`.
    ///
    /// ```swift
    /// handlers.reply("add") { (pair: Pair) in pair.a + pair.b }
    /// ```
    public mutating func reply<Request: Decodable & Sendable, Answer: Encodable & SendableMetatype>(
        _ name: String,
        limit: Int = Self.requestSizeLimit,
        _ answer: @escaping @Sendable (Request) async throws -> Answer
    ) {
        reply(name, limit: limit) { (bytes: [UInt8]) in
            let request: Request
            do {
                request = try JSON.value(of: bytes)
            } catch let error as SessionError {
                throw CallRefusal(.malformed, error.text)
            }
            return try JSON.bytes(of: try await answer(request))
        }
    }
}

extension MessageSender {
    /// Sends a value and waits for its receipt; as `send(_:by:)`.
    @discardableResult
    public func send(
        value: some Encodable,
        by deadline: Deadline = .never
    ) async throws -> Receipt {
        try await send(try JSON.bytes(of: value), by: deadline)
    }

    /// Sends a value for whose receipt nobody asks; as `post(_:by:)`.
    public func post(value: some Encodable, by deadline: Deadline = .never) async throws {
        try await post(try JSON.bytes(of: value), by: deadline)
    }
}

extension ChannelElement.Message {
    /// The value that these bytes are.
    ///
    /// - Throws: `SessionError` of kind `malformed`.
    public func value<Value: Decodable>(as type: Value.Type = Value.self) throws -> Value {
        try JSON.value(of: bytes)
    }
}

/// The one coder of this module.
enum JSON {
    /// - Throws: what the value's own `encode(to:)` does.
    static func bytes(of value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        // So that equal values are equal bytes.
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value))
    }

    static func value<Value: Decodable>(of bytes: [UInt8]) throws -> Value {
        do {
            return try JSONDecoder().decode(Value.self, from: Data(bytes))
        } catch {
            throw SessionError(.malformed, .malformed, "not JSON of \(Value.self)")
        }
    }
}

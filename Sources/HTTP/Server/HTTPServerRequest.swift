public import HTTPCodec
internal import Sockets

/// A request as its handler sees it: the head, and the body as it comes.
///
/// ```swift
/// let text = try await request.body(limit: 65_536)
/// ```
/// The body is taken from the client only as it is read, so a handler that stops reading stops the
/// client. Belongs to its handler, and ends with it: afterwards reading fails with
/// ``HTTPServerError/exchangeIsOver``.
public final class HTTPServerRequest {
    /// What its head says.
    private(set) var message: RequestHead

    private var connection: ServerConnection?

    init(_ message: RequestHead, _ connection: ServerConnection) {
        self.message = message
        self.connection = connection
        client = connection.client
        if message.expectsContinue { connection.oweContinue() }
    }

    /// Method, target and fields as one value (RFC 9110); see `RequestHead` for how the target is
    /// taken apart.
    ///
    /// Made each time it is asked for; ``method``, ``target`` and ``fields`` cost less.
    public var head: HTTPRequest { message.request }

    /// What the client speaks.
    public var version: HTTPVersion { message.version }

    /// How the body is delimited: `.none` if there is none.
    public var framing: HTTPFraming { message.framing }

    /// Protocols the client would rather speak (RFC 9110 §7.8), most wanted first.
    public var upgrade: [String] { message.upgrade }

    /// Who sent it.
    public let client: HTTPClientIdentity

    /// The method.
    public var method: HTTPRequest.Method { message.method }

    /// Path and query as they came, `/` if there is none.
    public var target: String { message.path ?? "/" }

    /// The path without the query, still percent-encoded.
    public var path: Substring {
        let target = target
        // By bytes: no part of another character is a question mark, and whole characters cost a lot.
        return target[..<(target.utf8.firstIndex(of: UInt8(ascii: "?")) ?? target.endIndex)]
    }

    /// The query without its question mark, still percent-encoded; nil if there is none.
    public var query: Substring? {
        let target = target
        return target.utf8.firstIndex(of: UInt8(ascii: "?")).map {
            target[target.utf8.index(after: $0)...]
        }
    }

    /// The fields.
    public var fields: HTTPFields { message.fields }

    /// The fields after a chunked body, once the body has been read to its end.
    public var trailers: HTTPFields { connection?.bodyProgress.trailers ?? [:] }

    /// Gives the next piece of the body to `take`, without copying it; false at the body's end.
    ///
    /// Cancellation and deadlines: total. Fails with ``HTTPServerError/bodyTooSlow`` and
    /// ``HTTPServerError/requestTruncated``, with a violation of HTTP, or as the stream does; the
    /// client is then answered accordingly, and the connection ends.
    public func nextBodyPart(_ take: (RawSpan) throws -> Void) async throws -> Bool {
        guard let connection else { throw HTTPServerError.exchangeIsOver }
        guard try await connection.nextBodyPart(take) else { return false }
        onProgress?(connection.bodyProgress.size)
        return true
    }

    /// Called with the bytes of body that were read so far, after each piece: for a progress bar.
    ///
    /// Runs on the connection's thread; must not block.
    public var onProgress: ((_ bodySize: UInt64) -> Void)?

    /// The whole body.
    ///
    /// Like ``nextBodyPart(_:)``, and fails with ``HTTPServerError/bodyTooLarge(limit:)`` when it is
    /// longer than `limit` bytes: nothing is read if its length says so.
    public func body(limit: Int) async throws -> [UInt8] {
        if case .length(let length) = framing, length > UInt64(clamping: limit) {
            throw HTTPServerError.bodyTooLarge(limit: limit)
        }
        var body: [UInt8] = []
        while try await nextBodyPart({ part in
            if part.byteCount > limit - body.count {
                throw HTTPServerError.bodyTooLarge(limit: limit)
            }
            unsafe part.withUnsafeBytes { unsafe body.append(contentsOf: $0) }
        }) {}
        return body
    }

    func end() { connection = nil }

    /// The connection speaks another protocol, perhaps for hours, and this is kept as long: without
    /// what has done its work, and without room for more fields.
    func forgetHandshake() {
        var fields = HTTPFields()
        fields.reserveCapacity(message.fields.count { !Self.handshakeNames.contains($0.name) })
        for field in message.fields where !Self.handshakeNames.contains(field.name) {
            fields.append(field)
        }
        message.fields = fields
        message.upgrade = []
    }

    private static let handshakeNames: [HTTPField.Name] = [
        .connection, .upgrade, .secWebSocketKey, .secWebSocketVersion,
    ]
}

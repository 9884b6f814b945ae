public import HTTPCodec
package import Sockets

/// A response as its handler sees it: the head, and the body as it comes.
///
/// ```swift
/// let text = try await response.body(limit: 65_536)
/// ```
/// The body is taken from the server only as it is read, so a handler that stops reading stops the
/// server. Belongs to its handler, and ends with it: a body that was not read to its end costs the
/// connection.
public final class HTTPClientResponse {
    /// Status and fields.
    public let head: HTTPResponse

    /// What the server speaks.
    public let version: HTTPVersion

    /// How the body is delimited: `.none` if there is none.
    public let framing: HTTPFraming

    /// The protocol that is spoken from now on, with status 101.
    public let upgrade: [String]

    /// What was asked, after redirects.
    public let url: HTTPURL

    /// How many redirects there were.
    public let redirectCount: Int

    private var exchange: ClientExchange?

    init(_ head: ResponseHead, _ exchange: ClientExchange, redirectCount: Int) {
        self.head = head.response
        version = head.version
        framing = head.framing
        upgrade = head.upgrade
        url = exchange.request.url
        method = exchange.request.method
        self.redirectCount = redirectCount
        self.exchange = exchange
    }

    /// What was asked.
    public let method: HTTPRequest.Method

    /// The status.
    public var status: HTTPResponse.Status { head.status }

    /// The fields.
    public var fields: HTTPFields { head.headerFields }

    /// The body's length, if it was announced; to `HEAD`, what `GET` would get.
    public var length: UInt64? {
        if case .length(let length) = framing { return length }
        return fields[.contentLength].flatMap { UInt64($0) }
    }

    /// The fields after a chunked body, once the body has been read to its end.
    public var trailers: HTTPFields { exchange?.bodyProgress.trailers ?? [:] }

    /// Gives the next piece of the body to `take`, without copying it; false at the body's end.
    ///
    /// Cancellation and deadlines: total. Fails with ``HTTPClientError``; a body that was cut is never
    /// taken for whole, unless its only end is that of a connection without TLS (RFC 9112 §8).
    public func nextBodyPart(_ take: (RawSpan) throws -> Void) async throws -> Bool {
        guard let exchange else { throw HTTPClientError(.exchangeIsOver, method, url) }
        return try await exchange.nextBodyPart(take)
    }

    /// The whole body.
    ///
    /// Like ``nextBodyPart(_:)``, and fails with ``HTTPClientError/Reason/bodyTooLarge(limit:)`` when it
    /// is longer than `limit` bytes: nothing is read if its length says so.
    public func body(limit: Int) async throws -> [UInt8] {
        let tooLarge = HTTPClientError(.bodyTooLarge(limit: limit), method, url)
        if case .length(let length) = framing, length > UInt64(clamping: limit) { throw tooLarge }
        var body: [UInt8] = []
        while try await nextBodyPart({ part in
            if part.byteCount > limit - body.count { throw tooLarge }
            unsafe part.withUnsafeBytes { unsafe body.append(contentsOf: $0) }
        }) {}
        return body
    }

    /// Takes the connection, whose protocol the server has switched (101): what follows is not HTTP.
    ///
    /// It is the caller's to close.
    package func takeOver() throws -> SwitchedConnection {
        guard let exchange else { throw HTTPClientError(.exchangeIsOver, method, url) }
        precondition(status == .switchingProtocols, "a connection that has not switched is HTTP's")
        return try exchange.takeOver()
    }

    func end() { exchange = nil }
}

/// A connection that speaks another protocol from here on.
package struct SwitchedConnection: ~Copyable {
    /// The stream, the caller's to close.
    package let stream: any ByteStream

    /// What has come after the response: bytes of the other protocol.
    package var received: ByteBuffer
}

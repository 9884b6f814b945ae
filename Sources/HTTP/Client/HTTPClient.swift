internal import HTTPCodec
internal import Sockets

/// A web client: HTTP/1.1 (RFC 9112) over TCP, Unix sockets or TLS, on connections that are kept.
///
/// ```swift
/// let client = HTTPClient()
/// defer { client.close() }
/// let page = try await client.get("https://example.org/", limit: 1 << 20)
/// ```
/// Any number of tasks may use it. What a server may grow or delay has a limit in ``Configuration``, and
/// every failure is an ``HTTPClientError``. Nothing runs for it in the background: a request runs in the
/// task that makes it.
public final class HTTPClient: Sendable {
    let configuration: Configuration
    let pool: ConnectionPool
    let security = ClientSecurity()

    /// A client without connections yet.
    public init(_ configuration: Configuration = .init()) {
        configuration.pool.check()
        self.configuration = configuration
        pool = ConnectionPool(limits: configuration.pool)
    }

    deinit { close() }

    /// Sends a request, and runs a handler with its response.
    ///
    /// ```swift
    /// let size = try await client.send(HTTPClientRequest(.get, "http://localhost:8080/")) { response in
    ///     var size = 0
    ///     while try await response.nextBodyPart({ size += $0.byteCount }) {}
    ///     return size
    /// }
    /// ```
    /// The connection is kept when the handler has read the body to its end, and closed otherwise. When
    /// a kept connection turns out to have been closed by the server before it answered, the request is
    /// sent once more on a new one, if that is safe: the method is idempotent or nothing was sent, and
    /// the body can be written again (RFC 9112 §9.3.1). Cancellation and deadlines: terminal.
    ///
    /// - Throws: ``HTTPClientError``; what the handler or the body's source throws, unchanged.
    public func send<Result>(
        _ request: HTTPClientRequest,
        _ body: HTTPRequestBody = .none,
        _ handler: (HTTPClientResponse) async throws -> Result
    ) async throws -> Result {
        var request = request
        var body = body
        var count = 0
        while true {
            let step: Step<Result> = try await exchange(request, body, redirectCount: count) {
                response in
                guard let redirects = configuration.redirects,
                    let next = try redirects.next(after: response.head, to: request, body, count)
                else { return .answered(try await handler(response)) }
                return .redirected(next)
            }
            switch step {
            case .answered(let result): return result
            case .redirected(let next):
                (request, body) = (next.request, next.body)
                count += 1
            }
        }
    }

    /// The body of what is at a URL.
    ///
    /// - Parameters:
    ///   - url: What to get.
    ///   - limit: The most bytes.
    /// - Returns: The body, which was read to its end.
    /// - Throws: ``HTTPClientError``, also for any status but 2xx.
    public func get(_ url: HTTPURL, limit: Int) async throws -> [UInt8] {
        try await send(HTTPClientRequest(.get, url)) { response in
            guard response.status.hasContentAsked else {
                throw HTTPClientError(.wrongStatus(response.status), .get, response.url)
            }
            return try await response.body(limit: limit)
        }
    }

    /// Closes every connection, those at work too, and refuses further requests.
    ///
    /// Any thread.
    public func close() { pool.close() }
}

/// What a response leads to.
private enum Step<Result> {
    case answered(Result)
    case redirected(HTTPRedirects.Next)
}

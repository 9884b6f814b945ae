public import HTTPTypes

/// Messages as bytes (RFC 9112), appended to a buffer; nothing else is allocated.
///
/// ```swift
/// var buffer: [UInt8] = []
/// try HTTPSerializer.append(response, framing: .chunked, answering: .get, to: &buffer)
/// HTTPSerializer.appendChunk(bytes, to: &buffer)
/// HTTPSerializer.appendLastChunk(trailers: [:], to: &buffer)
/// ```
///
/// The framing fields are its own: it writes `Content-Length` or `Transfer-Encoding` as `framing` says.
/// Field names and values cannot hold line ends, because `HTTPField` does not let them; what else must not
/// go out is refused with an `HTTPMessageError` before a byte is appended.
public enum HTTPSerializer {
    /// What `Connection` says, beyond what the message's own fields do.
    public enum ConnectionOption: Sendable {
        /// The connection ends after this exchange.
        case close

        /// It stays open, said aloud: needed only when a client of HTTP/1.0 asked for it.
        case keepAlive

        /// It changes its protocol, to that in the message's `Upgrade`.
        case upgrade
    }

    /// Appends a request's line and fields, with `Host` first.
    ///
    /// The target is in origin-form, or as `CONNECT` and `OPTIONS *` need it; `absoluteForm` is for proxies.
    ///
    /// - Parameters:
    ///   - request: `Host` is made of its `authority`, unless it has one among its fields.
    ///   - framing: Of the body that follows; never `.untilClose`.
    ///   - connection: What is said of the connection.
    ///   - absoluteForm: Whether the target holds scheme and authority (RFC 9112 §3.2.2).
    ///   - buffer: Where the bytes go.
    /// - Throws: what in the message must not go out.
    public static func append(
        _ request: HTTPRequest,
        framing: HTTPFraming,
        connection: ConnectionOption? = nil,
        absoluteForm: Bool = false,
        to buffer: inout [UInt8]
    ) throws(HTTPMessageError) {
    }

    /// Appends a response's status line and fields.
    ///
    /// - Parameters:
    ///   - response: Status and fields. Fields of its own that frame it must agree with `framing`.
    ///   - framing: Of the body that follows, or would: to `HEAD` and with 304, `.length` announces what
    ///     `GET` would have got, and no body is to be sent. With 1xx, 204 and 2xx to `CONNECT` it is
    ///     `.none`; with any other `.none` says `Content-Length: 0`.
    ///   - method: Of the request it answers.
    ///   - connection: What is said of the connection; with `.untilClose`, `.close` is said anyway.
    ///   - lines: Field lines that were rendered before, each with its CRLF, such as `Date`; they are
    ///     appended as they are.
    ///   - buffer: Where the bytes go.
    /// - Throws: what in the message must not go out.
    public static func append(
        _ response: HTTPResponse,
        framing: HTTPFraming,
        answering method: HTTPRequest.Method,
        connection: ConnectionOption? = nil,
        with lines: [UInt8] = [],
        to buffer: inout [UInt8]
    ) throws(HTTPMessageError) {
    }

    /// Appends one field line, with its CRLF: to render in advance what many responses share.
    public static func append(_ field: HTTPField, to buffer: inout [UInt8]) {
    }

    /// Appends what goes before a chunk's data: its size and CRLF.
    ///
    /// For data that is sent from where it is. A chunk of no bytes would end the body:
    /// `size` is a positive count.
    public static func appendChunkHead(size: Int, to buffer: inout [UInt8]) {
    }

    /// Appends what goes after a chunk's data: CRLF.
    public static func appendChunkEnd(to buffer: inout [UInt8]) {
    }

    /// Appends a whole chunk; nothing if `data` is empty, because that would end the body.
    public static func appendChunk(_ data: RawSpan, to buffer: inout [UInt8]) {
    }

    /// Appends the last chunk, trailers and the end of the body.
    ///
    /// - Throws: for a trailer that a recipient would refuse: see `HTTPRule.forbiddenTrailer`.
    public static func appendLastChunk(
        trailers: HTTPFields = [:],
        to buffer: inout [UInt8]
    ) throws(HTTPMessageError) {
    }
}

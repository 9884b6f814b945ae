public import HTTPTypes

extension HTTPSerializer {
    /// Appends a response's status line and fields.
    ///
    /// ```swift
    /// var response = HTTPResponse(status: .ok)
    /// response.headerFields[.contentType] = "text/plain"
    /// try HTTPSerializer.append(response, framing: .length(5), answering: .get, to: &buffer)
    /// buffer.append(contentsOf: "hello".utf8)
    /// ```
    ///
    /// - Parameters:
    ///   - response: Status and fields. A `Content-Length` among them must be what `framing` says.
    ///   - framing: Of the body that follows, or would: to `HEAD` and with 304, `.length` announces what
    ///     `GET` would have got, and no body is to be sent. With 1xx, 204 and 2xx to `CONNECT` it is
    ///     `.none`; with any other, `.none` announces nothing to `HEAD` and with 304, and `Content-Length: 0`
    ///     otherwise, because saying nothing would mean a body until the connection closes.
    ///     A client of HTTP/1.0 does not know `.chunked`: for it there is `.untilClose`.
    ///   - method: Of the request it answers.
    ///   - connection: What is said of the connection; with `.untilClose`, `.close` is said anyway.
    ///   - lines: Field lines that were rendered before, each with its CRLF, such as `Date`; they are
    ///     appended as they are.
    ///   - buffer: Where the bytes go.
    /// - Throws: what in the message must not go out. The buffer is as it was then.
    public static func append(
        _ response: HTTPResponse,
        framing: HTTPFraming,
        answering method: HTTPRequest.Method,
        connection: ConnectionOption? = nil,
        with lines: [UInt8] = [],
        to buffer: inout [UInt8]
    ) throws(HTTPMessageError) {
        try append(
            response.status,
            response.headerFields,
            framing: framing,
            answering: method,
            connection: connection,
            with: lines,
            to: &buffer
        )
    }

    /// Appends a response's status line and fields, from the two apart.
    ///
    /// Like the form above, without an `HTTPResponse`, which keeps its status as text.
    public static func append(
        _ status: HTTPResponse.Status,
        _ fields: HTTPFields,
        framing: HTTPFraming,
        answering method: HTTPRequest.Method,
        connection: ConnectionOption? = nil,
        with lines: [UInt8] = [],
        to buffer: inout [UInt8]
    ) throws(HTTPMessageError) {
        guard 100...999 ~= status.code else { throw .malformedStatus(status.code) }
        let isBodiless = status.code == 304 || method == .head
        // These announce no length either (RFC 9110 §8.6).
        let isLengthless =
            status.code < 200 || status.code == 204
            || (method == .connect && status.kind == .successful)
        guard !isLengthless || framing == .none else { throw .bodyNotAllowed(status: status.code) }
        let announced: HTTPFraming =
            framing == .none && !isLengthless && !isBodiless ? .length(0) : framing
        try check(fields, framing: announced)

        buffer.append("HTTP/1.1 ")
        buffer.append(decimal: UInt64(status.code))
        buffer.append(.space)
        buffer.append(contentsOf: status.reasonPhrase.utf8)
        buffer.append("\r\n")
        buffer.append(contentsOf: lines)
        appendEnd(
            of: fields,
            framing: announced,
            connection: framing == .untilClose ? .close : connection,
            to: &buffer
        )
    }
}

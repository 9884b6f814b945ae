public import HTTPTypes

extension HTTPSerializer {
    /// Appends a request's line and fields, with `Host` first.
    ///
    /// The target is `path` (`/` if that is empty), or for `CONNECT` the authority; `absoluteForm` is for
    /// proxies.
    ///
    /// ```swift
    /// let request = HTTPRequest(method: .get, scheme: "http", authority: "example.com", path: "/")
    /// try HTTPSerializer.append(request, framing: .none, to: &buffer)
    /// ```
    ///
    /// - Parameters:
    ///   - request: `Host` is made of its `authority`, and cannot be among its fields. A `Content-Length`
    ///     among them must be what `framing` says.
    ///   - framing: Of the body that follows; never `.untilClose`. `.none` announces nothing: `.length(0)`
    ///     does, as is expected of `POST` and `PUT` (RFC 9110 §8.6).
    ///   - connection: What is said of the connection.
    ///   - absoluteForm: Whether the target holds scheme and authority (RFC 9112 §3.2.2).
    ///   - buffer: Where the bytes go.
    /// - Throws: what in the message must not go out. The buffer is as it was then.
    public static func append(
        _ request: HTTPRequest,
        framing: HTTPFraming,
        connection: ConnectionOption? = nil,
        absoluteForm: Bool = false,
        to buffer: inout [UInt8]
    ) throws(HTTPMessageError) {
        guard framing != .untilClose else { throw .requestUntilClose }
        let method = request.method
        guard method != .connect || framing == .none else { throw .bodyNotAllowed(status: nil) }
        guard let authority = request.authority, !authority.isEmpty else { throw .missingHost }
        try check(authority: authority, needsPort: method == .connect)
        let path = request.path ?? ""
        try check(path: path, method: method)
        if absoluteForm, request.scheme?.isEmpty ?? true { throw .malformedTarget("") }
        for field in request.headerFields where FieldRole(ofFraming: field.name) == .host {
            throw .hostInFields
        }
        try check(request.headerFields, framing: framing)

        buffer.append(contentsOf: method.rawValue.utf8)
        buffer.append(.space)
        if method == .connect {
            buffer.append(contentsOf: authority.utf8)
        } else {
            if absoluteForm {
                buffer.append(contentsOf: (request.scheme ?? "").utf8)
                buffer.append("://")
                buffer.append(contentsOf: authority.utf8)
            }
            // `OPTIONS *` has no path in the absolute form (RFC 9112 §3.2.4).
            if path != "*" || !absoluteForm { buffer.append(contentsOf: path.utf8) }
            if path.isEmpty { buffer.append(UInt8(ascii: "/")) }
        }
        buffer.append(" HTTP/1.1\r\nHost: ")
        buffer.append(contentsOf: authority.utf8)
        buffer.append("\r\n")
        appendEnd(
            of: request.headerFields,
            framing: framing,
            connection: connection,
            to: &buffer
        )
    }

    private static func check(authority: String, needsPort: Bool) throws(HTTPMessageError) {
        // Unsafe only for elements with padding between them, and bytes have none.
        let bytes = unsafe authority.utf8.span.bytes
        let range = 0..<bytes.byteCount
        let isValid =
            needsPort ? Authority.isValidWithPort(bytes, range) : Authority.isValid(bytes, range)
        guard isValid else { throw .malformedHost(authority) }
    }

    /// What our own parser would refuse does not go out, so a path cannot smuggle a line.
    private static func check(
        path: String,
        method: HTTPRequest.Method
    ) throws(HTTPMessageError) {
        if method == .connect || path.isEmpty || (path == "*" && method == .options) { return }
        let bytes = path.utf8.span
        var isValid = bytes[0] == UInt8(ascii: "/")
        for index in bytes.indices where bytes[index].isForbiddenInTarget { isValid = false }
        guard isValid else { throw .malformedTarget(path) }
    }
}

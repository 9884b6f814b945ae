public import HTTPTypes

/// Messages as bytes (RFC 9112), appended to a buffer; nothing else is allocated.
///
/// ```swift
/// var buffer: [UInt8] = []
/// try HTTPSerializer.append(response, framing: .chunked, answering: .get, to: &buffer)
/// HTTPSerializer.appendChunk(bytes, to: &buffer)
/// try HTTPSerializer.appendLastChunk(to: &buffer)
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

    /// Appends one field line, with its CRLF: to render in advance what many responses share.
    public static func append(_ field: HTTPField, to buffer: inout [UInt8]) {
        buffer.append(contentsOf: field.name.rawName.utf8)
        buffer.append(": ")
        buffer.append(valueOf: field)
        buffer.append("\r\n")
    }
}

extension HTTPSerializer {
    /// Appends the fields that frame the body and speak of the connection, and the head's end.
    static func appendEnd(
        of fields: HTTPFields,
        framing: HTTPFraming,
        connection: ConnectionOption?,
        to buffer: inout [UInt8]
    ) {
        for field in fields where field.name != .contentLength { append(field, to: &buffer) }
        switch framing {
        case .length(let length):
            buffer.append("Content-Length: ")
            buffer.append(decimal: length)
            buffer.append("\r\n")
        case .chunked: buffer.append("Transfer-Encoding: chunked\r\n")
        case .none, .untilClose: break
        }
        switch connection {
        case .close: buffer.append("Connection: close\r\n")
        case .keepAlive: buffer.append("Connection: keep-alive\r\n")
        case .upgrade: buffer.append("Connection: upgrade\r\n")
        case nil: break
        }
        buffer.append("\r\n")
    }

    /// The fields that `framing` speaks for must not say something else.
    static func check(_ fields: HTTPFields, framing: HTTPFraming) throws(HTTPMessageError) {
        var sawLength = false
        for field in fields {
            switch FieldRole(ofFraming: field.name) {
            case .transferEncoding: throw .transferEncodingInFields
            case .contentLength:
                guard !sawLength, case .length(let length) = framing,
                    field.value == String(length)
                else { throw .contentLengthInFields(field.value) }
                sawLength = true
            default: break
            }
        }
    }
}

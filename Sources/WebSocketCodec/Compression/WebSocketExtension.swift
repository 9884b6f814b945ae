/// One entry of a `Sec-WebSocket-Extensions` header field (RFC 6455 §9.1): a name and parameters.
///
/// ```swift
/// let offers = try WebSocketExtension.list(parsing: "permessage-deflate; client_max_window_bits")
/// ```
public struct WebSocketExtension: Hashable, Sendable {
    /// A parameter: a name, and a value where it has one.
    public struct Parameter: Hashable, Sendable {
        /// The name.
        public let name: String

        /// The value, a token; quotes around it are gone.
        public let value: String?

        /// A parameter by its parts.
        public init(_ name: String, _ value: String? = nil) {
            self.name = name
            self.value = value
        }
    }

    /// The name: a token, compared as it stands.
    public let name: String

    /// The parameters in their order; a name may stand there more than once.
    public let parameters: [Parameter]

    /// An extension by its parts.
    public init(_ name: String, _ parameters: [Parameter] = []) {
        self.name = name
        self.parameters = parameters
    }

    /// The entries of a field's value, in the order of preference in which they stand.
    ///
    /// Several fields of that name are one, their values joined by commas (RFC 9110 §5.3).
    ///
    /// - Throws: for anything that is not RFC 6455 §9.1's grammar; a server answers it with 400.
    public static func list(
        parsing value: String
    ) throws(WebSocketExtensionError) -> [WebSocketExtension] {
        var parser = WebSocketExtensionParser(value)
        return try parser.list()
    }
}

extension WebSocketExtension: CustomStringConvertible {
    /// As it stands in the header field: `permessage-deflate; server_max_window_bits=10`.
    public var description: String {
        var text = name
        for parameter in parameters {
            text += "; " + parameter.name
            if let value = parameter.value { text += "=" + value }
        }
        return text
    }
}

/// What is wrong with a `Sec-WebSocket-Extensions` field.
public enum WebSocketExtensionError: Error, Hashable, Sendable {
    /// Not the grammar of RFC 6455 §9.1, at this byte of the value.
    case malformed(offset: Int)

    /// A server's answer with something that was not offered, or not in this form.
    case notOffered(WebSocketExtension)
}

extension WebSocketExtensionError: CustomStringConvertible {
    /// What and where, on one line.
    public var description: String {
        switch self {
        case .malformed(let offset): "Sec-WebSocket-Extensions: malformed at byte \(offset)"
        case .notOffered(let answer): "Sec-WebSocket-Extensions: \(answer), which was not offered"
        }
    }
}

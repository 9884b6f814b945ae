internal import Digests
public import HTTPCodec
public import Sockets
internal import WebSocketCodec

extension WebSocketConnection {
    /// Makes the handshake as a client (RFC 6455 §4.1).
    ///
    /// ```swift
    /// let socket = try await WebSocketConnection.connect(over: stream, host: "localhost:8080")
    /// ```
    /// - Parameters:
    ///   - stream: A connected stream on which nothing was sent; it belongs to the WebSocket, and is
    ///     closed when the handshake fails.
    ///   - host: What `Host` says: name or address, and the port unless it is the scheme's own.
    ///   - target: Path and query.
    ///   - fields: Further fields of the request, such as `Origin` or `Authorization`.
    ///   - configuration: How this end behaves.
    /// - Returns: The connection, open.
    /// - Throws: ``WebSocketHandshakeError``; `HTTPViolation`; the stream's own.
    public static func connect(
        over stream: some ByteStream,
        host: String,
        target: String = "/",
        fields: HTTPFields = [:],
        _ configuration: WebSocketConfiguration = .init()
    ) async throws -> WebSocketConnection {
        do {
            let handshake = ClientHandshake(host, target, fields, configuration)
            try await stream.send(handshake.request())
            return try await handshake.finish(stream)
        } catch {
            stream.close()
            throw error
        }
    }
}

/// Why a client's handshake failed.
public enum WebSocketHandshakeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The server answered something else: no WebSocket here, or not for us.
    case refused(HTTPResponse.Status)

    /// The server said yes and did not prove that it read the request, or agreed to what was not
    /// asked for.
    case malformed(String)

    /// The stream ended before the answer.
    case unanswered

    /// One line.
    public var description: String {
        switch self {
        case .refused(let status): "websocket handshake: the server answered \(status)"
        case .malformed(let what): "websocket handshake: \(what)"
        case .unanswered: "websocket handshake: the stream ended before the answer"
        }
    }
}

/// A client's side of one handshake.
private struct ClientHandshake {
    private let key: WebSocketKey
    private let head: HTTPRequest
    private let configuration: WebSocketConfiguration

    /// What the answer to a handshake may be made of.
    ///
    /// Heads alone: a server that has more to say has not agreed.
    private static let answerSizeLimit = 65_536

    init(
        _ host: String,
        _ target: String,
        _ fields: HTTPFields,
        _ configuration: WebSocketConfiguration
    ) {
        key = WebSocketKey(nonce: RandomBytes.make(16))
        self.configuration = configuration
        var fields = fields
        fields[.upgrade] = "websocket"
        fields[.secWebSocketVersion] = WebSocketKey.version
        fields[.secWebSocketKey] = "\(key)"
        if !configuration.subprotocols.isEmpty {
            fields[.secWebSocketProtocol] = configuration.subprotocols.joined(separator: ", ")
        }
        if configuration.compresses {
            fields[.secWebSocketExtensions] = "\(PermessageDeflate.offer)"
        }
        head = HTTPRequest(
            method: .get,
            scheme: nil,
            authority: host,
            path: target,
            headerFields: fields
        )
    }

    func request() throws(HTTPMessageError) -> [UInt8] {
        var bytes: [UInt8] = []
        try HTTPSerializer.append(head, framing: .none, connection: .upgrade, to: &bytes)
        return bytes
    }

    func finish(_ stream: some ByteStream) async throws -> WebSocketConnection {
        var parser = ResponseParser()
        parser.expect(.get)
        var buffer = ByteBuffer(limit: Self.answerSizeLimit)
        while true {
            var consumed = 0
            let event = try parser.next(buffer.bytes, consumed: &consumed)
            buffer.consume(consumed)
            switch event {
            case .interim: continue
            case .head(let answer):
                let (subprotocol, compression) = try check(answer)
                return WebSocketConnection(
                    stream,
                    .client(maskingKeys: SystemRandomNumberGenerator()),
                    input: buffer,
                    subprotocol: subprotocol,
                    compression: compression,
                    configuration
                )
            case .body, .trailers, .end: throw WebSocketHandshakeError.unanswered
            case nil:
                if try await stream.receive(into: &buffer) == 0 {
                    throw WebSocketHandshakeError.unanswered
                }
            }
        }
    }

    private func check(
        _ answer: ResponseHead
    ) throws -> (subprotocol: String?, compression: PermessageDeflate?) {
        let fields = answer.response.headerFields
        guard answer.response.status == .switchingProtocols else {
            throw WebSocketHandshakeError.refused(answer.response.status)
        }
        guard answer.upgrade.count == 1, answer.upgrade[0].lowercased() == "websocket" else {
            throw WebSocketHandshakeError.malformed("the server switches to another protocol")
        }
        guard fields[.secWebSocketAccept] == key.acceptValue(sha1: { SHA1.digest(of: $0) }) else {
            throw WebSocketHandshakeError.malformed("Sec-WebSocket-Accept does not fit the key")
        }
        let subprotocol = fields[.secWebSocketProtocol]
        if let subprotocol, !configuration.subprotocols.contains(subprotocol) {
            throw WebSocketHandshakeError.malformed(
                "the subprotocol \(subprotocol) was not offered"
            )
        }
        guard let extensions = fields[.secWebSocketExtensions] else { return (subprotocol, nil) }
        let list = try WebSocketExtension.list(parsing: extensions)
        if !configuration.compresses, let first = list.first {
            throw WebSocketExtensionError.notOffered(first)
        }
        return (subprotocol, try PermessageDeflate(accepting: list))
    }
}

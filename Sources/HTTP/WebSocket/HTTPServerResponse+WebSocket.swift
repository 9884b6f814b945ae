internal import Digests
internal import HTTPCodec
internal import WebSocketCodec

extension HTTPServerRequest {
    /// Whether the client wants to speak WebSocket (RFC 6455 §4.1).
    public var asksForWebSocket: Bool {
        upgrade.contains { $0.isSameBytesIgnoringCase(as: "websocket") }
    }
}

extension HTTPServerResponse {
    /// Makes the connection a WebSocket (RFC 6455 §4.2).
    ///
    /// It ends with the handler: close it before, or the client sees it cut. The request stays, without
    /// what only the handshake needed: `Upgrade`, `Connection`, `Sec-WebSocket-Key` and its version.
    /// ```swift
    /// guard request.asksForWebSocket else { throw HTTPRefusal(.upgradeRequired) }
    /// let socket = try await response.acceptWebSocket()
    /// while let message = try await socket.receive() { … }
    /// ```
    /// - Throws: ``HTTPRefusal``, which answers the client: 400 for a handshake that is none, 426 for
    ///   another version, 403 for a page that may not connect (``WebSocketConfiguration/origins``).
    public func acceptWebSocket(
        _ configuration: WebSocketConfiguration = .init()
    ) async throws -> WebSocketConnection {
        let agreed = try agree(configuration)
        let connection = try await handOver(agreed.answer)
        return open(connection, agreed, configuration)
    }

    @inline(never)
    private func open(
        _ connection: ServerConnection,
        _ agreed: Agreement,
        _ configuration: WebSocketConfiguration
    ) -> WebSocketConnection {
        WebSocketConnection(
            connection.stream,
            .server,
            input: connection.leaveHTTP(),
            subprotocol: agreed.subprotocol,
            compression: agreed.compression,
            configuration
        )
    }

    /// What a handshake has come to.
    private struct Agreement {
        let answer: HTTPFields
        let subprotocol: String?
        let compression: PermessageDeflate?
    }

    /// Checks what the client wants, and decides.
    @inline(never)
    private func agree(_ configuration: WebSocketConfiguration) throws -> Agreement {
        let head = head
        let fields = head.fields
        guard head.method == .get,
            head.upgrade.contains(where: { $0.isSameBytesIgnoringCase(as: "websocket") })
        else { throw HTTPRefusal(.badRequest, "not a websocket handshake") }
        guard fields[.secWebSocketVersion]?.isSameBytes(as: WebSocketKey.version) == true else {
            throw HTTPRefusal(
                .upgradeRequired,
                "the version of websockets here is \(WebSocketKey.version)",
                fields: [.secWebSocketVersion: WebSocketKey.version, .upgrade: "websocket"]
            )
        }
        guard let key = fields[.secWebSocketKey].flatMap({ WebSocketKey($0) }) else {
            throw HTTPRefusal(.badRequest, "Sec-WebSocket-Key is not the base64 of 16 bytes")
        }
        guard configuration.origins.allows(fields[.origin], host: head.authority) else {
            throw HTTPRefusal(.forbidden, "pages of \(fields[.origin] ?? "") may not connect")
        }
        let subprotocol = try configuration.subprotocol(of: fields)
        let compression = try configuration.compression(of: fields)
        var answer: HTTPFields = [
            .upgrade: "websocket",
            .secWebSocketAccept: key.acceptValue { SHA1.digest(of: $0) },
        ]
        if let subprotocol { answer[.secWebSocketProtocol] = subprotocol }
        if let compression { answer[.secWebSocketExtensions] = "\(compression.response)" }
        return Agreement(answer: answer, subprotocol: subprotocol, compression: compression)
    }
}

extension WebSocketConfiguration {
    /// The first of the server's protocols that the client offers; nil without any in common.
    fileprivate func subprotocol(of fields: HTTPFields) throws -> String? {
        guard let offered = fields[.secWebSocketProtocol] else { return nil }
        let names = offered.pieces(between: UInt8(ascii: ",")).map(\.withoutBlanksAround)
        return subprotocols.first { own in names.contains { $0.isSameBytes(as: own) } }
    }

    fileprivate func compression(of fields: HTTPFields) throws -> PermessageDeflate? {
        guard let offered = fields[.secWebSocketExtensions] else { return nil }
        do {
            let offers = try WebSocketExtension.list(parsing: offered)
            return compresses ? PermessageDeflate(answering: offers) : nil
        } catch {
            throw HTTPRefusal(.badRequest, "\(error)")
        }
    }
}

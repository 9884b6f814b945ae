import HTTP
import HTTPCodec

extension HTTPServerResponse {
    /// Makes the connection a WebSocket, for a client that asks for one at a path; nil for any.
    ///
    /// - Throws: `HTTPRefusal`, which answers everybody else.
    func acceptWebSocket(
        for request: HTTPServerRequest,
        at path: String?,
        _ configuration: WebSocketConfiguration
    ) async throws -> WebSocketConnection {
        if let path, !request.path.isSameBytes(as: path) { throw HTTPRefusal(.notFound) }
        guard request.asksForWebSocket else {
            throw HTTPRefusal(
                .upgradeRequired,
                "only a WebSocket is here",
                fields: [.upgrade: "websocket", .connection: "upgrade"]
            )
        }
        return try await acceptWebSocket(configuration)
    }
}

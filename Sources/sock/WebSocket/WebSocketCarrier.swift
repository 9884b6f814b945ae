import HTTP
import HTTPCodec
import Sockets
import TLS

/// What a WebSocket runs over: TCP, or TLS over it.
struct WebSocketCarrier: Sendable {
    let stream: any ByteStream
    let transport: StreamConnection
    /// Nil without TLS.
    let tlsSummary: String?

    init(_ connection: StreamConnection) {
        (stream, transport, tlsSummary) = (connection, connection, nil)
    }

    init(_ secure: TLSStream<StreamConnection>) {
        (stream, transport) = (secure, secure.transport)
        tlsSummary = secure.negotiated.summary
    }

    private var scheme: Endpoint.Scheme { tlsSummary == nil ? .ws : .wss }

    var localEndpoint: Endpoint? {
        transport.localAddress.map { Endpoint($0, speaking: scheme) }
    }

    var peerEndpoint: Endpoint { Endpoint(transport.peerAddress, speaking: scheme) }

    /// Any error of HTTP or WebSocket as one of a conversation, which says with whom.
    func error(_ error: any Error, in operation: SocketError.Operation) -> SocketError {
        switch error {
        case let error as SocketError:
            error.peerAddress == nil ? failure(error.code, error.operation, error.detail) : error
        case let error as WebSocketHandshakeError:
            failure(.handshakeFailed, operation, "\(error)")
        case is CancellationError: failure(.cancelled, operation, nil)
        default: failure(.malformed, operation, "\(error)".printable)
        }
    }

    func failure(
        _ code: SocketError.Code,
        _ operation: SocketError.Operation,
        _ detail: String?
    ) -> SocketError {
        SocketError(
            code,
            in: operation,
            local: transport.localAddress,
            peer: transport.peerAddress,
            detail: detail
        )
    }
}

internal import HTTPCodec
internal import Sockets
internal import TLS

extension HTTPClient {
    /// A connection for a request: one that rests, or a new one.
    func connection(for request: HTTPClientRequest, fresh: Bool) async throws -> ClientConnection {
        let origin = request.url.origin
        do {
            if let kept = try await pool.take(from: origin, fresh: fresh) { return kept }
        } catch {
            throw HTTPClientError(.notConnected, request.method, request.url, error)
        }
        do {
            let stream = try await connect(to: origin)
            let connection = ClientConnection(stream, to: origin, limits: configuration.limits)
            pool.work(connection)
            return connection
        } catch {
            pool.giveBack(nil, of: origin)
            if let other = error as? OtherProtocol {
                throw HTTPClientError(.wrongProtocol(other.name), request.method, request.url)
            }
            throw HTTPClientError(.notConnected, request.method, request.url, error)
        }
    }

    /// Gives a connection back: for the next request, or closed.
    func release(_ connection: ClientConnection, canBeFollowed: Bool) {
        pool.rest(connection)
        if !canBeFollowed, !connection.isGivenAway { connection.stream.close() }
        pool.giveBack(canBeFollowed ? connection : nil, of: connection.origin)
    }

    private func connect(to origin: HTTPOrigin) async throws -> any ByteStream {
        let transport = try await withDeadline(.after(configuration.connectTimeLimit)) {
            try await configuration.connector.connect(origin)
        }
        guard origin.isSecure else { return transport }
        do {
            return try await withDeadline(.after(configuration.handshakeTimeLimit)) {
                try await secured(transport, for: origin)
            }
        } catch {
            transport.close()
            throw error
        }
    }

    private func secured(
        _ transport: some ByteStream,
        for origin: HTTPOrigin
    ) async throws -> any ByteStream {
        let stream = try await TLSStream.connect(
            over: transport,
            name: origin.certificateName,
            configuration: security.configuration(configuration.tls)
        )
        let name = stream.negotiated.applicationProtocol
        if let name, name != ClientSecurity.protocolName { throw OtherProtocol(name: name) }
        return stream
    }
}

/// The server chose something else by ALPN.
private struct OtherProtocol: Error {
    let name: String
}

import Sockets
import SocketsTesting
import TLS

/// A server's certificate that the client trusts, and what both make of it.
struct Parties: Sendable {
    let identity: TLSIdentity
    let client: TLSClientConfiguration
    let server: TLSServerConfiguration

    /// Who a test connects to.
    static let name = "localhost"

    init(versions: ClosedRange<TLSVersion> = .tls12 ... .tls13) throws {
        identity = try .selfSigned()
        client = try TLSClientConfiguration(
            trustRoots: .only(identity.certificates),
            versions: versions
        )
        server = try TLSServerConfiguration(identities: [identity], versions: versions)
    }

    /// TLS over two connected streams; the first is the client.
    func pair<Transport: ByteStream>(
        over transports: (Transport, Transport)
    ) async throws -> (TLSStream<Transport>, TLSStream<Transport>) {
        try await connected(transports, client, server)
    }

    /// TLS over two connected streams in memory.
    func inMemory() async throws -> (TLSStream<InMemoryStream>, TLSStream<InMemoryStream>) {
        try await pair(over: InMemoryStream.pair())
    }
}

/// Both handshakes, side by side.
func connected<Transport: ByteStream>(
    _ transports: (Transport, Transport),
    _ client: TLSClientConfiguration,
    _ server: TLSServerConfiguration,
    name: String = Parties.name
) async throws -> (TLSStream<Transport>, TLSStream<Transport>) {
    let (near, far) = transports
    async let accepted = TLSStream.accept(over: far, configuration: server)
    let connecting = try await TLSStream.connect(over: near, name: name, configuration: client)
    return (connecting, try await accepted)
}

extension ByteStream {
    /// Everything until the end, as text.
    func text() async throws -> String {
        var buffer = ByteBuffer()
        while try await receive(into: &buffer) > 0 {}
        return String(decoding: buffer.array(), as: UTF8.self)
    }

    /// At least so many bytes, as text.
    func text(atLeast count: Int) async throws -> String {
        var buffer = ByteBuffer()
        while buffer.count < count, try await receive(into: &buffer) > 0 {}
        return String(decoding: buffer.array(), as: UTF8.self)
    }
}

/// Two connected TCP sockets of this machine.
func connectedTCP() async throws -> (StreamConnection, StreamConnection) {
    let listener = try StreamListener.listen(on: .v4(.loopback, port: 0))
    defer { listener.close() }
    let near = try await StreamSocket.create(.ipv4).connect(to: listener.localAddress)
    return (near, try await listener.accept())
}

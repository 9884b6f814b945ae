import Sockets

/// Two ends of a TCP connection on this machine.
func tcpPair(
    options: [SocketSetting] = [],
    loops: EventLoopGroup = .shared
) async throws -> (client: StreamConnection, server: StreamConnection) {
    let listener = try StreamListener.listen(
        on: .v4(.loopback, port: 0),
        loops: loops,
        .init(options: options)
    )
    defer { listener.close() }
    let client = try await StreamSocket.create(.ipv4, loops: loops, options: options)
        .connect(to: listener.localAddress)
    return (client, try await listener.accept())
}

/// Everything that comes until the end.
func receiveAll(_ connection: StreamConnection) async throws -> [UInt8] {
    var buffer = ByteBuffer(limit: 1 << 28)
    while try await connection.receive(into: &buffer) > 0 {}
    return buffer.array()
}

/// Bytes of which no two neighbouring pages are alike.
func pattern(_ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 12) }
}

/// A connection to a listener.
func client(of listener: StreamListener) async throws -> StreamConnection {
    try await StreamSocket.create(listener.localAddress.family).connect(to: listener.localAddress)
}

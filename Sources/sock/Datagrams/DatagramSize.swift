import Sockets

/// How large datagrams are here.
enum DatagramSize {
    /// Bytes of the standard input, or of a command's output, that become one datagram.
    ///
    /// What UDP over IPv4 carries (RFC 768 in RFC 791): 65,535 less 20 of IP and 8 of UDP.
    static let sendLimit = 65_507

    /// Bytes of a datagram that are received: more than any of UDP.
    ///
    /// Only Unix datagrams can be larger; a conversation does not go on with a part of one.
    static let receiveLimit = 65_536

    /// What is asked of the kernel for datagrams that wait to be received (SO_RCVBUF), which grants
    /// no more than net.core.rmem_max.
    ///
    /// Arbitrary: the usual 208 KiB are full after some 250 small ones, and the rest of a burst is
    /// lost.
    static let bufferSize = 4 << 20
}

extension DatagramSocket {
    /// Binds a socket with room for bursts.
    static func roomy(on endpoint: Endpoint) async throws(SocketError) -> DatagramSocket {
        try await bind(
            to: endpoint,
            options: [.set(.receiveBufferSize, to: DatagramSize.bufferSize)]
        )
    }
}

extension ConnectedLine {
    /// Connects a socket with room for bursts.
    static func connect(
        to endpoint: Endpoint,
        loops: EventLoopGroup
    ) async throws(SocketError) -> ConnectedLine {
        ConnectedLine(
            try await DatagramConnection.connect(
                to: endpoint,
                loops: loops,
                options: [.set(.receiveBufferSize, to: DatagramSize.bufferSize)]
            )
        )
    }
}

import Sockets

/// Two UDP sockets that are connected to each other.
func udpPair(
    _ address: SocketAddress,
    _ loops: EventLoopGroup = .shared
) throws -> (DatagramConnection, DatagramConnection) {
    let ip = try requireIP(address)
    while true {
        // A port that is free now; whoever takes it before we do makes us choose again.
        let probe = try DatagramSocket.bind(to: address, loops: loops)
        let port = probe.localAddress.port ?? 0
        probe.close()
        let first = try DatagramSocket.create(address.family, loops: loops)
            .connect(to: SocketAddress(ip, port: port), from: address)
        do throws(SocketError) {
            let second = try DatagramSocket.create(address.family, loops: loops).connect(
                to: SocketAddress(ip, port: first.localAddress?.port ?? 0),
                from: SocketAddress(ip, port: port)
            )
            return (first, second)
        } catch {
            first.close()
            if error.code != .addressInUse { throw error }
        }
    }
}

private func requireIP(_ address: SocketAddress) throws -> IPAddress {
    guard let ip = address.ip else { throw SocketError(.invalidArgument, in: .bind) }
    return ip
}

/// A socket that is not connected, and whom it sends to.
final class PeerSocket: DatagramTransport {
    let socket: DatagramSocket
    private let peer: SocketAddress

    init(_ socket: DatagramSocket, peer: SocketAddress) {
        self.socket = socket
        self.peer = peer
    }

    func receive(into memory: inout MutableRawSpan) async throws(SocketError) -> ReceivedDatagram {
        try await socket.receive(into: &memory)
    }

    func send(_ bytes: RawSpan) async throws(SocketError) {
        try await socket.send(bytes, to: peer)
    }

    func close() { socket.close() }
}

/// Two sockets that are not connected, and send to each other.
func peerPair(
    _ one: SocketAddress,
    _ other: SocketAddress,
    _ loops: EventLoopGroup = .shared
) throws -> (PeerSocket, PeerSocket) {
    let first = try DatagramSocket.bind(to: one, loops: loops)
    let second = try DatagramSocket.bind(to: other, loops: loops)
    return (
        PeerSocket(first, peer: second.localAddress),
        PeerSocket(second, peer: first.localAddress)
    )
}

extension DatagramSocket {
    /// The next datagram as text, within five seconds.
    func receiveText(size: Int = 2048) async throws -> (text: String, ReceivedDatagram) {
        var memory = [UInt8](repeating: 0, count: size)
        let datagram = try await withDeadline(.after(.seconds(5))) {
            try await receive(into: &memory)
        }
        return (String(decoding: memory.prefix(datagram.count), as: UTF8.self), datagram)
    }

    /// Checks that no datagram is there: sends itself one, which comes next.
    ///
    /// Loopback keeps the order of what one machine sends.
    func hasNothing() async throws -> Bool {
        let mark = "mark \(UInt64.random(in: 0 ... .max))"
        try await send(mark, to: localAddress)
        return try await receiveText().text == mark
    }
}

internal import Packets
internal import Sockets

/// A socket for echo requests and their replies: a ping socket or a raw one, which look alike from
/// here.
final class EchoSocket: Sendable {
    /// What the kernel is to say of each reply.
    static let metadata: DatagramMetadata.Kinds = [.hopLimit, .receiveTime]

    private enum Kind {
        case ping(DatagramSocket)
        case raw(RawSocket)
    }

    private let kind: Kind
    let isIPv6: Bool
    /// What tells its echoes from others'; the kernel's choice for a ping socket.
    let identifier: UInt16

    private init(_ kind: Kind, isIPv6: Bool, identifier: UInt16) {
        self.kind = kind
        self.isIPv6 = isIPv6
        self.identifier = identifier
    }

    static func ping(_ family: AddressFamily) throws(SocketError) -> EchoSocket {
        let isIPv6 = family == .ipv6
        let socket = try DatagramSocket.createPing(family, metadata: metadata)
            .bind(to: isIPv6 ? .v6(.any, port: 0) : .v4(.any, port: 0))
        return EchoSocket(
            .ping(socket),
            isIPv6: isIPv6,
            identifier: socket.localAddress.port ?? 0
        )
    }

    static func raw(_ socket: RawSocket, _ family: AddressFamily) throws(SocketError) -> EchoSocket
    {
        let isIPv6 = family == .ipv6
        // Echo replies only; the network's errors come by the error queue.
        try socket.accept(icmpTypes: isIPv6 ? [129] : [0])
        return EchoSocket(.raw(socket), isIPv6: isIPv6, identifier: .random(in: 1...UInt16.max))
    }

    /// Whether what is received begins with an IP header.
    var hasHeader: Bool { if case .raw = kind { !isIPv6 } else { false } }

    func send(
        _ message: [UInt8],
        to address: IPAddress,
        metadata: DatagramMetadata = DatagramMetadata()
    ) async throws(SocketError) {
        switch kind {
        case .ping(let socket):
            let address = SocketAddress(address, port: 0)
            try await unsafe socket.send(message.span.bytes, to: address, metadata: metadata)
        case .raw(let socket):
            try await unsafe socket.send(message.span.bytes, to: address, metadata: metadata)
        }
    }

    func receive(into memory: inout [UInt8]) async throws(SocketError) -> ReceivedDatagram {
        switch kind {
        case .ping(let socket): try await socket.receive(into: &memory)
        case .raw(let socket): try await socket.receive(into: &memory)
        }
    }

    func receiveError() async throws(SocketError) -> DatagramError {
        switch kind {
        case .ping(let socket): try await socket.receiveError()
        case .raw(let socket): try await socket.receiveError()
        }
    }

    func close() {
        switch kind {
        case .ping(let socket): socket.close()
        case .raw(let socket): socket.close()
        }
    }
}

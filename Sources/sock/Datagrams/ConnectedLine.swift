import Sockets

/// Datagrams with the one peer of a connected socket.
final class ConnectedLine: ConversationLine {
    private let connection: DatagramConnection
    /// Taken out while somebody receives.
    private let memory = Lock([UInt8](repeating: 0, count: DatagramSize.receiveLimit))

    init(_ connection: DatagramConnection) { self.connection = connection }

    static var isDatagram: Bool { true }
    var isAnswerable: Bool { true }
    var loop: EventLoop { connection.loop }
    var localEndpoint: Endpoint? {
        connection.localAddress.map { Endpoint($0, isDatagram: true) }
    }
    var peerEndpoint: Endpoint { Endpoint(connection.peerAddress, isDatagram: true) }

    var traffic: Traffic {
        let counts = connection.statistics()
        return Traffic(
            receivedSize: counts.receivedSize,
            sentSize: counts.sentSize,
            datagrams: .init(receivedCount: counts.receivedCount, sentCount: counts.sentCount)
        )
    }

    func receivePiece() async throws(SocketError) -> [UInt8]? {
        var memory = self.memory.withLock { memory in
            defer { memory = [] }
            return memory
        }
        defer { self.memory.withLock { $0 = memory } }
        precondition(!memory.isEmpty, "one task receives")
        let datagram = try await connection.receive(into: &memory)
        if datagram.isTruncated { throw failure(tooLarge: datagram.size) }
        return Array(memory[..<datagram.count])
    }

    func sendPiece(_ piece: [UInt8]) async throws(SocketError) {
        try await connection.send(piece)
    }

    func finish() {}
    func reset() { connection.close() }
    func close() { connection.close() }

    var idleError: SocketError {
        SocketError(
            .idleLimit,
            in: .receive,
            local: connection.localAddress,
            peer: connection.peerAddress,
            over: .udp
        )
    }

    private func failure(tooLarge size: Int) -> SocketError {
        SocketError(
            .messageTooLarge,
            in: .receive,
            local: connection.localAddress,
            peer: connection.peerAddress,
            over: .udp,
            detail: "\(size) bytes came, and the limit is \(DatagramSize.receiveLimit)"
        )
    }
}

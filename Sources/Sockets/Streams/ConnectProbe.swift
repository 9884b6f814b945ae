/// One attempt to open a TCP connection, given up as soon as its fate is known: what scans and traces
/// are made of.
///
/// Needs no privilege: the network's errors come from the socket's own error queue (IP_RECVERR), for
/// connections under way since Linux 5.9.
package enum ConnectProbe {
    /// What became of it.
    package enum Outcome: Sendable {
        /// The peer accepted; it got a reset right away.
        case connected
        /// The peer refused.
        case refused
        /// The network says that it did not arrive.
        case reported(DatagramError)
    }

    /// Connects to an address and closes.
    ///
    /// Deadlines and cancellation are terminal, as for connecting.
    ///
    /// - Parameters:
    ///   - address: TCP over IPv4 or IPv6.
    ///   - hopLimit: Hops its packets may take; nil for the system's default.
    /// - Returns: What became of it.
    /// - Throws: ``SocketError`` for what is neither of the outcomes.
    package static func run(
        to address: SocketAddress,
        hopLimit: Int? = nil
    ) async throws(SocketError) -> Outcome {
        let result = System.createStream(family: address.family.number)
        guard result >= 0 else {
            throw SocketError(.init(errno: CInt(-result)), in: .create, errno: CInt(-result))
        }
        let descriptor = Descriptor(CInt(result))
        let error = System.setReports(
            descriptor.number,
            isIPv6: address.family == .ipv6,
            .receiveTime
        )
        guard error == 0 else {
            throw SocketError(.init(errno: error), in: .setOption, errno: error)
        }
        // Closing resets: the peer has nothing to wait for, and no port lingers here.
        try SocketOption<Duration?>.linger.set(descriptor.number, to: .zero)
        if let hopLimit { try SocketOption<Int>.hopLimit.set(descriptor.number, to: hopLimit) }
        let errors = DatagramErrorQueue(isKernels: true)
        let loop = try EventLoopGroup.shared.nearest()
        let socket = PolledSocket(descriptor, loop: loop, errors: errors)
        let connection = StreamConnection(socket, peerAddress: address)
        defer { connection.close() }
        do throws(SocketError) {
            try await connection.finishConnecting()
            return .connected
        } catch {
            _ = socket.withNumber { errors.collect(from: $0) }
            if let report = errors.take() { return .reported(report) }
            if error.code == .refused { return .refused }
            throw error
        }
    }
}

internal import Glibc

extension MessageSocket {
    func receiveError() async throws(SocketError) -> DatagramError {
        let errno = socket.register()
        if errno != 0 { throw failure(.receiveError, errno: -Int(errno)) }
        do throws(DatagramErrorQueue.Nothing) {
            return try await errors.next()
        } catch {
            let code: SocketError.Code =
                switch error {
                case .busy: .busy
                case .closed: .closed
                case .cancelled: .cancelled
                case .deadlinePassed: .deadlinePassed
                }
            throw failure(code, .receiveError)
        }
    }

    /// Leaves and throws if the network has reported an error of a connected socket's peer.
    ///
    /// The loop takes the reports over as they come, so no system call fails with them any more.
    @inline(__always)
    func throwReported(
        _ direction: Direction,
        _ operation: SocketError.Operation,
        transferred count: Int = 0
    ) throws(SocketError) {
        guard isConnected, !errors.isEmpty else { return }
        try throwTaken(direction, operation, transferred: count)
    }

    @inline(never)
    private func throwTaken(
        _ direction: Direction,
        _ operation: SocketError.Operation,
        transferred count: Int
    ) throws(SocketError) {
        guard let error = errors.take() else { return }
        socket.leave(direction, ready: true)
        let report = error.report.drop { $0 == "," || $0 == " " }
        throw failure(
            error.code,
            operation,
            errno: error.errno,
            transferred: count,
            detail: report.isEmpty ? nil : String(report)
        )
    }
}

extension System {
    /// Whether a receive fails with an error only because the network reported it of a datagram sent
    /// earlier: what the kernel makes of ICMP messages (icmp_err_convert, icmpv6_err_convert).
    static func isReportedByNetwork(_ result: Int) -> Bool {
        switch CInt(truncatingIfNeeded: -result) {
        case ENETUNREACH, EHOSTUNREACH, ENOPROTOOPT, ECONNREFUSED, EMSGSIZE, EOPNOTSUPP, EHOSTDOWN,
            ENONET, EPROTO, EACCES:
            true
        default: false
        }
    }
}

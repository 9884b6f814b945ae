internal import Glibc
internal import Synchronization

/// A socket whose data comes in messages: what datagram, raw and packet sockets are made of.
///
/// Each receive takes one message or several whole ones; each send gives whole ones.
final class MessageSocket: SteppedSocket, Sendable {
    let socket: PolledSocket

    /// What it is, for the ways that differ and for errors.
    let kind: Kind

    /// Whom it is connected to.
    let peerAddress: SocketAddress?

    /// What the network and this machine report of datagrams sent earlier.
    let errors: DatagramErrorQueue

    let receiving = Streak()
    let sending = Streak()
    let counters = DatagramCounters()

    /// Whether consecutive datagrams for one peer are sent as one message, until the kernel refuses.
    let sendsRuns: Atomic<Bool>

    /// The kinds of message sockets.
    struct Kind: Sendable {
        let family: CInt
        let transport: SocketError.Transport
        /// Whether the kernel keeps an error queue for it.
        var hasErrorQueue: Bool { family == AF_INET || family == AF_INET6 }
        var isUnix: Bool { family == AF_UNIX }
        var isIPv6: Bool { family == AF_INET6 }
        var isUDP: Bool { hasErrorQueue && transport == .udp }
    }

    init(
        _ descriptor: consuming Descriptor,
        kind: Kind,
        loop: EventLoop,
        peer: SocketAddress? = nil
    ) {
        errors = DatagramErrorQueue(isKernels: kind.hasErrorQueue)
        socket = PolledSocket(descriptor, loop: loop, interest: .reading, errors: errors)
        self.kind = kind
        sendsRuns = Atomic(kind.isUDP)
        peerAddress = peer
    }

    deinit { socket.close() }

    var transport: SocketError.Transport { kind.transport }

    var isConnected: Bool { peerAddress != nil }

    var localAddress: SocketAddress? {
        socket.withNumber { System.localAddress($0) } ?? nil
    }

    var idleLimitNanoseconds: Int64 { .max }

    func failure(
        _ code: SocketError.Code,
        _ operation: SocketError.Operation,
        errno: CInt,
        transferred count: Int,
        detail: String?
    ) -> SocketError {
        SocketError(
            code,
            in: operation,
            local: localAddress,
            peer: peerAddress,
            over: kind.transport,
            errno: errno,
            transferredCount: count,
            detail: detail
        )
    }
}

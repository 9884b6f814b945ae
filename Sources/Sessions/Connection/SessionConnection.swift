internal import SessionProtocol
internal import Sockets

/// One connection that carries a session, or is about to.
///
/// "@unchecked": what changes is touched only under the session's lock.
final class SessionConnection: @unchecked Sendable {
    let stream: any ByteStream
    /// What the kernel says of it, if it is a socket in the end.
    let kernel: KernelView?
    /// The attachment it was made for.
    var epoch: UInt64 = 0
    /// A task writes: there is none while there is nothing to be said.
    var isWriting = false
    /// The writer is handing something over.
    var isSending = false
    /// Nothing more will be said.
    var isSilent = false
    /// Who waits for the writer's end.
    var writerWaiter: Signal?
    /// Nothing is read or written any more.
    var isOver = false
    /// Somebody else closes it.
    var isLeftOpen = false
    /// It was accepted.
    var isAttached = false
    /// What it carries, where no task reads from it; touched on the loop's thread only.
    var session: Session?

    /// The last time the kernel was asked, and what it had seen acknowledged then.
    var lastProbe: SessionInstant?
    var acknowledgedSize = 0
    /// The question that is open, and how many bytes the kernel had taken with it, once it has.
    var question: SessionInstant?
    var questionEnd: Int?

    init(_ stream: any ByteStream) {
        self.stream = stream
        kernel = stream.lowestConnection.map { KernelView($0) }
    }
}

/// What the kernel knows of a connection, and is told about it.
struct KernelView: Sendable {
    private let connection: StreamConnection

    init(_ connection: StreamConnection) { self.connection = connection }

    /// Unsent bytes above which the kernel asks for no more: one output of the machine's, so that what
    /// comes next does not wait behind more (docs/session-protocol.md §7).
    private static let notSentLimit = SessionMachine.outputSizeLimit

    /// Bytes the other system has acknowledged (`tcpi_bytes_acked`); zero where there is no such count.
    var acknowledgedSize: Int { (try? connection.tcpInformation())?.acknowledgedSize ?? 0 }

    /// Bytes it has taken and the other system has not acknowledged (SIOCOUTQ).
    var waitingSize: Int { (try? connection.unsentCount()) ?? 0 }

    /// Whether bytes have come that nobody has read yet (SIOCINQ).
    var hasUnread: Bool { ((try? connection.unreadCount()) ?? 0) > 0 }

    /// Has the kernel keep little unsent, and give up by itself within the session's bound.
    ///
    /// A refusal changes nothing for the session: then its own timer finds what the kernel would have.
    func prepare(_ timing: SessionTiming) {
        guard connection.peerAddress.isIP else { return }
        let bound = Duration.milliseconds(Int64(timing.heartbeat) + Int64(timing.silence))
        try? connection.set(.userTimeout, to: bound)
        try? connection.set(.notSentLowWater, to: Self.notSentLimit)
    }
}

extension SocketAddress {
    /// Whether there is TCP below.
    fileprivate var isIP: Bool {
        switch self {
        case .v4, .v6: true
        case .unix: false
        }
    }
}

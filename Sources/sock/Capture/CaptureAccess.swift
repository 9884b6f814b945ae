import Glibc
import Packets
import Sockets

/// What a capture opens with privileges, before it drops them: the socket, and the file, which may
/// be in a folder that only root can write to.
final class CaptureAccess: @unchecked Sendable {
    // "@unchecked": the socket is taken once, which `isTaken` sees to.

    let interface: NetworkInterface
    /// Where packets are written to, if they are.
    let file: CaptureFile?

    private var socket: PacketSocket.Unbound?
    private let isTaken = Lock(false)

    /// Bytes of packets that wait in the kernel.
    ///
    /// Arbitrary: some tenths of a second of a full gigabit.
    static let receiveBufferSize = 16 << 20

    init(_ options: CaptureOptions) throws {
        let program = try options.program()
        interface = options.isOnAll ? .any : try .named(options.interface)
        socket = try PacketSocket.create(
            filter: program,
            receiveBufferSize: Self.receiveBufferSize
        )
        // Last, so that a mistake leaves no file behind.
        file = try options.output.map { path throws(Failure) in try CaptureFile(path) }
    }

    /// Begins to capture; once.
    func bind(isPromiscuous: Bool) throws(SocketError) -> PacketSocket {
        precondition(
            isTaken.withLock { taken in
                defer { taken = true }
                return !taken
            },
            "a capture begins once"
        )
        guard let socket = socket.take() else { preconditionFailure("a socket that was there") }
        return try socket.bind(to: interface, isPromiscuous: isPromiscuous)
    }

    /// What was opened before the privileges were dropped, or why it was not.
    static let opened = Lock<Result<CaptureAccess, any Error>?>(nil)
}

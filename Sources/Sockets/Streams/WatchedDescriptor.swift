internal import Glibc

/// Somebody else's pipe, watched by a loop through a number of our own for it.
///
/// The loop's poller tells when it is ready without O_NONBLOCK, which would be set for everybody who
/// shares the open file. Only a duplicate is registered and closed; what the duplicate refers to is
/// left as it was.
struct WatchedDescriptor: ~Copyable {
    private let socket: PolledSocket

    init(_ descriptor: CInt, loop: EventLoop) throws(SocketError) {
        let number = System.duplicate(descriptor)
        guard number >= 0 else {
            throw SocketError(.init(errno: CInt(-number)), in: .splice, errno: CInt(-number))
        }
        socket = PolledSocket(Descriptor(CInt(number)), loop: loop)
    }

    deinit { socket.close() }

    /// Waits until the descriptor is ready, once.
    func wait(_ direction: Direction, until deadline: Deadline) async -> PolledSocket.Wake {
        // A new gate says "ready" because nothing is known. The caller has just found out, and
        // registering tells what has happened since.
        guard case .ready = socket.enter(direction) else {
            preconditionFailure("a descriptor is watched for one wait")
        }
        let wake = await socket.wait(direction, until: deadline)
        socket.leave(direction, ready: false)
        return wake
    }
}

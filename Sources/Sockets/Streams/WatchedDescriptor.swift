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

    /// Waits until the descriptor may be ready; the caller has just found that it is not.
    ///
    /// An edge that came since the last wait ends this one at once, so none is lost; the first wait
    /// of all does so too, as nothing is known yet.
    func wait(_ direction: Direction, until deadline: Deadline) async -> PolledSocket.Wake {
        switch socket.enter(direction) {
        case .ready:
            socket.leave(direction, ready: false)
            return .ready
        case .notReady: break
        case .busy, .closed: preconditionFailure("a descriptor is watched for one operation")
        }
        let wake = await socket.wait(direction, until: deadline)
        socket.leave(direction, ready: false)
        return wake
    }
}

extension EventLoop {
    /// Waits until somebody else's pipe can be read or written, through a number of our own for it.
    ///
    /// For a descriptor on which read(2) or write(2) has just said EAGAIN. Cancellation and deadlines:
    /// total.
    package func wait(
        for descriptor: CInt,
        _ direction: Direction
    ) async throws(SocketError) {
        let watched = try WatchedDescriptor(descriptor, loop: self)
        switch await watched.wait(direction, until: Deadline.current) {
        case .ready: return
        case .closed: throw SocketError(.closed, in: .splice)
        case .cancelled: throw SocketError(.cancelled, in: .splice)
        case .deadlinePassed: throw SocketError(.deadlinePassed, in: .splice)
        case .failed(let errno): throw SocketError(.init(errno: errno), in: .splice, errno: errno)
        }
    }
}

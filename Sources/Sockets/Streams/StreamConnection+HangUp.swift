internal import Glibc

extension StreamConnection {
    /// Waits until nothing can come or go any more: the peer has reset the connection or vanished
    /// (``SocketOption/keepAlive``), or a Unix peer has closed it (EPOLLHUP, epoll_ctl(2)).
    ///
    /// For whoever has received the peer's end and now has nothing to do with it until somebody else
    /// speaks: neither a receive nor a send would tell. After the own ``finish()`` the peer's end is
    /// a hang-up, too.
    ///
    /// Cancellation and deadlines: total. Until it returns, a close of the connection takes effect
    /// late: cancel the task first.
    package func waitForHangUp() async throws(SocketError) {
        // A descriptor of its own, watched for this alone: both directions may be in use.
        let number = socket.withNumber { System.duplicate($0) } ?? -Int(EBADF)
        guard number >= 0 else { throw failure(.receive, errno: number) }
        let watched = PolledSocket(Descriptor(CInt(number)), loop: loop)
        defer { watched.close() }
        guard case .ready = watched.enter(.writing) else {
            preconditionFailure("a descriptor that nobody else knows")
        }
        defer { watched.leave(.writing, ready: false) }
        while !System.hasHungUp(watched.number) {
            switch await watched.wait(.writing, until: Deadline.current) {
            case .ready: continue
            case .closed: throw failure(.closed, .receive, transferred: 0)
            case .cancelled: throw failure(.cancelled, .receive, transferred: 0)
            case .deadlinePassed: throw failure(.deadlinePassed, .receive, transferred: 0)
            case .failed(let errno): throw failure(.receive, errno: -Int(errno))
            }
        }
    }
}

internal import Glibc

extension StreamConnection {
    /// Waits until nothing can be sent to the peer any more: EPOLLHUP.
    ///
    /// That is after a reset, when the kernel has given the peer up (``SocketOption/keepAlive``), and on
    /// a Unix socket also when the peer has closed. Not when the peer of a TCP connection has merely said
    /// that it will send no more: whether it has closed, or waits for an answer, TCP does not say.
    ///
    /// For who neither receives nor sends for the moment: beside operations of others, which it does not
    /// disturb. After ``finish()`` the peer's own end is a hang-up too. Cancellation and deadlines: total.
    ///
    /// - Returns: What has happened to the connection.
    /// - Throws: ``SocketError`` when cancelled, closed, or at the deadline.
    package func waitUntilGone() async throws(SocketError) -> SocketError {
        guard let number = socket.withNumber({ System.duplicate($0) }) else {
            throw failure(.closed)
        }
        guard number >= 0 else { throw failure(.init(errno: CInt(-number)), errno: CInt(-number)) }
        // A registration of its own, so that no data wakes it.
        let watched = PolledSocket(Descriptor(CInt(number)), loop: loop, interest: .hangUp)
        defer { watched.close() }
        guard case .ready = watched.enter(.reading) else {
            preconditionFailure("a descriptor is watched for one wait")
        }
        defer { watched.leave(.reading, ready: false) }
        while !System.isHungUp(watched.number) {
            // The peer's half of the end has been seen, and is not what is waited for.
            watched.wouldBlock(.reading)
            switch await watched.wait(.reading, until: Deadline.current) {
            case .ready: break
            case .closed: throw failure(.closed)
            case .cancelled: throw failure(.cancelled)
            case .deadlinePassed: throw failure(.deadlinePassed)
            case .failed(let errno): throw failure(.init(errno: errno), errno: errno)
            }
        }
        let error = System.pendingError(watched.number)
        return error == 0 ? failure(.brokenPipe) : failure(.init(errno: error), errno: error)
    }

    private func failure(_ code: SocketError.Code, errno: CInt = 0) -> SocketError {
        failure(code, .send, errno: errno, transferred: 0, detail: nil)
    }
}

internal import Glibc

extension StreamConnection {
    /// Sends everything that comes from a descriptor until its end, without copying it through the
    /// program: splice(2) from a pipe, sendfile(2) from a file.
    ///
    /// The connection is not finished.
    ///
    /// ```swift
    /// try await connection.splice(from: STDIN_FILENO)
    /// try await connection.finish()
    /// ```
    /// Cancellation and deadlines: partial; what was taken from the descriptor was sent. Closing the
    /// connection while this waits for the descriptor ends it with the next byte that comes: cancel
    /// the task to end it at once. An idle limit counts the time without a byte of the descriptor.
    ///
    /// - Parameter descriptor: A pipe, or a regular file, which is read from its own offset on. It
    ///   stays the caller's, must stay open, and is never made non-blocking: an inherited standard
    ///   input shares that flag with other processes.
    /// - Returns: How many bytes were sent.
    /// - Throws: ``SocketError/Code/unsupported``, before anything was taken, for a descriptor of
    ///   another kind and for the few files that sendfile(2) cannot read: read(2) those on a thread
    ///   that may block.
    @discardableResult
    public func splice(from descriptor: CInt) async throws(SocketError) -> Int {
        switch System.kind(of: descriptor) {
        case .pipe: try await sendPipe(descriptor)
        case .file: try await sendRest(ofFile: descriptor)
        case .device, .other: throw unsupported(descriptor)
        }
    }

    /// Moves everything that comes, until the peer finishes, into a descriptor, without copying it
    /// through the program: splice(2).
    ///
    /// A file is written on the thread of the caller, which waits as long as the disk does. In the
    /// midst of a burst it waits up to a millisecond for more to come, and only then.
    ///
    /// Cancellation and deadlines: partial; what was received was written. When writing to a file
    /// fails, up to a pipe's capacity (1 MiB) of what was received is lost. Closing the connection
    /// while this waits for room in the pipe ends it when there is some: cancel the task to end it
    /// at once.
    ///
    /// - Parameter descriptor: A pipe, a regular file (also one opened to append), or a device that
    ///   is not a terminal. It stays the caller's, must stay open, and is never made non-blocking.
    /// - Returns: How many bytes were moved.
    /// - Throws: ``SocketError/Code/unsupported``, before anything was received, for a descriptor of
    ///   another kind; ``SocketError/Code/brokenPipe`` when nobody reads the pipe any more.
    @discardableResult
    public func splice(to descriptor: CInt) async throws(SocketError) -> Int {
        switch System.kind(of: descriptor) {
        case .pipe: try await receive(intoPipe: descriptor)
        case .file, .device: try await receive(intoFile: descriptor)
        case .other: throw unsupported(descriptor)
        }
    }

    /// Asked of a call: as much as the largest pipe of an unprivileged process holds.
    static let spliceSize = 1 << 20

    // MARK: Waiting

    /// Waits for the other descriptor inside a direction of the connection, which it leaves when it
    /// throws.
    ///
    /// Watched for this wait only: an event that nobody waits for would wake the loop all the same.
    func wait(
        for descriptor: CInt,
        _ direction: Direction,
        holding held: Direction,
        _ batching: inout Batching,
        _ count: Int
    ) async throws(SocketError) {
        // Cancellation and deadlines are seen by the wait that follows if nothing came.
        if batching.endBurst() {
            _ = try? await loop.sleep(until: .after(Batching.pipePause))
            return
        }
        let deadline = Deadline.current
        let idleEnd = idleLimit.map { Deadline.after($0) } ?? .never
        let other: WatchedDescriptor
        do throws(SocketError) {
            other = try WatchedDescriptor(descriptor, loop: loop)
        } catch {
            socket.leave(held, ready: true)
            throw error
        }
        switch await other.wait(direction, until: min(deadline, idleEnd)) {
        case .ready: if socket.isClosed { try leave(held, .closed, transferred: count) }
        case .closed: try leave(held, .closed, transferred: count)
        case .cancelled: try leave(held, .cancelled, transferred: count)
        case .deadlinePassed:
            let isIdle = idleEnd < deadline
            try leave(held, isIdle ? .idleLimit : .deadlinePassed, transferred: count)
        case .failed(let errno):
            socket.leave(held, ready: true)
            throw failure(.splice, errno: -Int(errno), transferred: count)
        }
    }

    func leave(
        _ direction: Direction,
        _ code: SocketError.Code,
        transferred count: Int
    ) throws(SocketError) {
        // "Ready": nothing was learnt of the queue, so the next call finds out by itself.
        socket.leave(direction, ready: true)
        throw failure(code, .splice, transferred: count)
    }

    /// Lets the others of the loop go first, in the middle of a transfer that never had to wait.
    func rest(
        _ direction: Direction,
        _ operation: SocketError.Operation,
        after count: Int
    ) async throws(SocketError) {
        if Task.isCancelled {
            socket.leave(direction, ready: true)
            throw failure(.cancelled, operation, transferred: count)
        }
        try await endTurn(direction, operation, transferred: count)
    }

    func unsupported(_ descriptor: CInt) -> SocketError {
        failure(.unsupported, .splice, detail: "descriptor \(descriptor) cannot be spliced")
    }
}

internal import CLinux
internal import Glibc

extension StreamConnection {
    /// Sends everything that comes from a descriptor until its end, without copying it through the
    /// program: splice(2) from a pipe, sendfile(2) from a file. The connection is not finished.
    ///
    /// ```swift
    /// try await connection.splice(from: STDIN_FILENO)
    /// try await connection.finish()
    /// ```
    /// - Parameter descriptor: A pipe, or a regular file, which is read from its own offset on. It
    ///   stays the caller's, must stay open, and is never made non-blocking: an inherited standard
    ///   input shares that flag with other processes.
    /// - Returns: How many bytes were sent.
    ///
    /// Fails with ``SocketError/Code/unsupported``, before anything was taken, for a descriptor of
    /// another kind and for the few files that sendfile(2) cannot read: read(2) those on a thread
    /// that may block.
    ///
    /// Cancellation and deadlines: partial; what was taken from the descriptor was sent. Closing the
    /// connection while this waits for the descriptor ends it with the next byte that comes: cancel
    /// the task to end it at once. An idle limit counts the time without a byte of the descriptor.
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
    /// - Parameter descriptor: A pipe, a regular file (also one opened to append), or a device that
    ///   is not a terminal. It stays the caller's, must stay open, and is never made non-blocking.
    /// - Returns: How many bytes were moved.
    ///
    /// Fails with ``SocketError/Code/unsupported``, before anything was received, for a descriptor
    /// of another kind, and with ``SocketError/Code/brokenPipe`` when nobody reads the pipe any
    /// more. A file is written on the thread of the caller, which waits as long as the disk does.
    ///
    /// Cancellation and deadlines: partial; what was received was written. Closing the connection
    /// while this waits for room in the pipe ends it when there is some: cancel the task to end it at
    /// once.
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

    // MARK: Out

    private func sendPipe(_ descriptor: CInt) async throws(SocketError) -> Int {
        System.enlargePipe(descriptor, to: CInt(Self.spliceSize))
        var turn = Turn()
        var batching = Batching()
        var moved = 0
        try await enter(.writing, .splice)
        while true {
            let count = System.splice(from: descriptor, to: socket.number, Self.spliceSize)
            if count == 0 { break }
            if count > 0 {
                moved += count
                sent.add(count)
                batching.take(count)
                if turn.take(count) { try await rest(.writing, .splice, after: moved) }
            } else if System.wouldBlock(count), System.isReady(socket.number, for: .writing) {
                // The pipe is empty.
                try await wait(for: descriptor, .reading, holding: .writing, &batching, moved)
            } else {
                try await retry(.writing, .splice, after: count, transferred: moved)
            }
        }
        socket.leave(.writing, ready: true)
        return moved
    }

    private func sendRest(ofFile descriptor: CInt) async throws(SocketError) -> Int {
        var turn = Turn()
        var moved = 0
        try await enter(.writing, .sendFile)
        while true {
            let count = System.withoutBrokenPipeSignal {
                System.retrying {
                    sendfile(socket.number, descriptor, nil, Self.spliceSize)
                }
            }
            if count == 0 { break }
            if count > 0 {
                moved += count
                sent.add(count)
                if turn.take(count) { try await rest(.writing, .sendFile, after: moved) }
            } else if count == -Int(EINVAL), moved == 0 {
                socket.leave(.writing, ready: true)
                throw unsupported(descriptor)
            } else {
                try await retry(.writing, .sendFile, after: count, transferred: moved)
            }
        }
        socket.leave(.writing, ready: true)
        return moved
    }

    // MARK: In

    private func receive(intoPipe descriptor: CInt) async throws(SocketError) -> Int {
        System.enlargePipe(descriptor, to: CInt(Self.spliceSize))
        var turn = Turn()
        var batching = Batching()
        defer { socket.withNumber { batching.stopAsking($0) } }
        var moved = 0
        try await enter(.reading, .splice)
        while true {
            var count = System.splice(from: socket.number, to: descriptor, Self.spliceSize)
            if System.wouldBlock(count), System.isReady(socket.number, for: .reading) {
                guard System.isReady(descriptor, for: .writing) else {
                    try await wait(for: descriptor, .writing, holding: .reading, &batching, moved)
                    continue
                }
                count = receivePastUrgentData(into: descriptor)
            }
            if count == 0 { break }
            if count > 0 {
                moved += count
                received.add(count)
                batching.take(count)
                if turn.take(count) { try await rest(.reading, .splice, after: moved) }
            } else {
                try await retry(&batching, after: count, transferred: moved)
            }
        }
        socket.leave(.reading, ready: true)
        return moved
    }

    private func receive(intoFile descriptor: CInt) async throws(SocketError) -> Int {
        var relay = try FileRelay(to: descriptor)
        var turn = Turn()
        var batching = Batching()
        defer { socket.withNumber { batching.stopAsking($0) } }
        var moved = 0
        try await enter(.reading, .splice)
        while true {
            var count = System.splice(
                from: socket.number,
                to: relay.pipe.input.number,
                Self.spliceSize
            )
            if count > 0 {
                let error = relay.flush(count)
                if error != 0 {
                    socket.leave(.reading, ready: true)
                    throw failure(.splice, errno: error, transferred: moved)
                }
            } else if System.wouldBlock(count), System.isReady(socket.number, for: .reading) {
                count = receivePastUrgentData(into: descriptor)
            }
            if count == 0 { break }
            if count > 0 {
                moved += count
                received.add(count)
                batching.take(count)
                if turn.take(count) { try await rest(.reading, .splice, after: moved) }
            } else {
                try await retry(&batching, after: count, transferred: moved)
            }
        }
        socket.leave(.reading, ready: true)
        return moved
    }

    /// splice(2) stops for ever at TCP's urgent mark, which any peer can set (MSG_OOB); recv(2)
    /// steps over it. At most what a pipe with room for anything takes without blocking (pipe(7)).
    private func receivePastUrgentData(into descriptor: CInt) -> Int {
        unsafe withUnsafeTemporaryAllocation(byteCount: Int(PIPE_BUF), alignment: 16) { memory in
            guard let base = memory.baseAddress else { return -Int(ENOMEM) }
            let count = unsafe System.receive(socket.number, base, memory.count)
            var written = 0
            while written < count {
                let result = unsafe System.write(descriptor, base + written, count - written)
                if result < 0 { return result }
                written += result
            }
            return count
        }
    }

    // MARK: Waiting

    /// After a call that gave nothing: waits for data, for much of it when there was much.
    private func retry(
        _ batching: inout Batching,
        after result: Int,
        transferred count: Int
    ) async throws(SocketError) {
        let isBurst = batching.endBurst() && !peerAddress.isUnix
        guard System.wouldBlock(result), isBurst || batching.isAsking else {
            return try await retry(.reading, .splice, after: result, transferred: count)
        }
        // The mark may have hidden something: look again without it.
        if !isBurst { return batching.stopAsking(socket.number) }
        batching.ask(socket.number)
        let pause = Deadline.after(Batching.socketPause)
        switch await socket.wait(.reading, until: min(pause, .current)) {
        case .ready, .deadlinePassed: return  // the next wait without a burst sees the real deadline
        case .closed: try leave(.reading, .closed, transferred: count)
        case .cancelled: try leave(.reading, .cancelled, transferred: count)
        case .failed(let errno):
            socket.leave(.reading, ready: true)
            throw failure(.splice, errno: -Int(errno), transferred: count)
        }
    }

    /// Waits for the other descriptor inside a direction of the connection, which it leaves when it
    /// throws.
    ///
    /// Watched for this wait only: an event that nobody waits for would wake the loop all the same.
    private func wait(
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

    private func leave(
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
        try conclude(await pause(direction, .ready), direction, operation, transferred: count)
    }

    private func unsupported(_ descriptor: CInt) -> SocketError {
        failure(.unsupported, .splice, detail: "descriptor \(descriptor) cannot be spliced")
    }
}

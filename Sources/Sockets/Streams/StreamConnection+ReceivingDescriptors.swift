internal import Glibc

/// Out of the connection, into a descriptor.
extension StreamConnection {
    func receive(intoPipe descriptor: CInt) async throws(SocketError) -> Int {
        System.enlargePipe(descriptor, to: CInt(Self.spliceSize))
        var turn = Turn()
        var batching = Batching()
        defer { socket.withNumber { batching.stopAsking($0) } }
        var moved = 0
        try await enter(.reading, .splice)
        while true {
            var count = System.splice(from: socket.number, to: descriptor, Self.spliceSize)
            if count == 0
                || System.wouldBlock(count) && System.isReady(socket.number, for: .reading)
            {
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

    func receive(intoFile descriptor: CInt) async throws(SocketError) -> Int {
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
            } else if count == 0
                || System.wouldBlock(count) && System.isReady(socket.number, for: .reading)
            {
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

    /// Receives by recv(2) and writes.
    ///
    /// splice(2) stops for ever at TCP's urgent mark, which any peer can set (MSG_OOB), and calls it
    /// the end when the peer has finished; recv(2) steps over it, and tells the real end. At most
    /// what a pipe with room for anything takes without blocking (pipe(7)).
    func receivePastUrgentData(into descriptor: CInt) -> Int {
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
        // A real deadline is seen by the next wait, which comes without a burst.
        case .ready, .deadlinePassed: return
        case .closed: try leave(.reading, .closed, transferred: count)
        case .cancelled: try leave(.reading, .cancelled, transferred: count)
        case .failed(let errno):
            socket.leave(.reading, ready: true)
            throw failure(.splice, errno: -Int(errno), transferred: count)
        }
    }
}

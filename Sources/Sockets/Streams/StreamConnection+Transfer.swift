internal import CLinux
internal import Glibc

extension StreamConnection {
    /// Receives without consuming: recv(2) with MSG_PEEK.
    ///
    /// Gives at least one byte; zero is the end. Cancellation and deadlines: total.
    public func peek(into memory: inout MutableRawSpan) async throws(SocketError) -> Int {
        precondition(memory.byteCount > 0, "peeking into no memory")
        try await enter(.reading, .receive)
        while true {
            let result = unsafe memory.withUnsafeMutableBytes {
                unsafe System.peek(socket.number, $0.baseAddress.unsafelyUnwrapped, $0.count)
            }
            if result >= 0 {
                socket.leave(.reading, ready: true)
                return result
            }
            try await retry(.reading, .receive, after: result)
        }
    }

    /// Receives what is there into memory of the caller's, or returns nil instead of waiting.
    public func receiveIfReady(into memory: inout MutableRawSpan) throws(SocketError) -> Int? {
        precondition(memory.byteCount > 0, "receiving into no memory")
        switch socket.enter(.reading) {
        case .ready, .notReady: break
        case .busy: throw failure(.busy, .receive)
        case .closed: throw failure(.closed, .receive)
        }
        let result = unsafe memory.withUnsafeMutableBytes {
            unsafe System.receive(socket.number, $0.baseAddress.unsafelyUnwrapped, $0.count)
        }
        socket.leave(.reading, ready: true)
        if result >= 0 {
            received.add(result)
            return result
        }
        if System.wouldBlock(result) { return nil }
        throw failure(.receive, errno: result)
    }

    /// Sends several pieces in order, as few calls as can be: sendmsg(2) with a vector.
    ///
    /// Cancellation and deadlines: partial, as for ``ByteStream/send(_:)-swift.method``.
    public func send(pieces: [[UInt8]]) async throws(SocketError) {
        try await enter(.writing, .send)
        var turn = Turn()
        var index = 0
        var offset = 0
        var count = 0
        while index < pieces.count {
            if offset == pieces[index].count {
                (index, offset) = (index + 1, 0)
                continue
            }
            let result = unsafe Vectors.with(pieces[index...], offset: offset) {
                unsafe System.send(socket.number, $0)
            }
            guard result >= 0 else {
                try await retry(.writing, .send, after: result, transferred: count)
                continue
            }
            count += result
            sent.add(result)
            offset += result
            while index < pieces.count, offset >= pieces[index].count {
                offset -= pieces[index].count
                index += 1
            }
            if turn.take(result) { try await rest(.writing, .send, after: count) }
        }
        socket.leave(.writing, ready: true)
    }

    /// Sends part of a file without copying it through the program: sendfile(2).
    ///
    /// - Parameters:
    ///   - descriptor: An open file that can be mapped; its own offset is not used.
    ///   - offset: Where to begin, in bytes.
    ///   - count: How many bytes.
    /// - Returns: How many were sent: fewer than `count` when the file ends before.
    /// - Throws: ``SocketError``; cancellation and deadlines are partial.
    @discardableResult
    public func sendFile(
        descriptor: CInt,
        offset: Int,
        count: Int
    ) async throws(SocketError) -> Int {
        precondition(offset >= 0 && count >= 0, "a negative part of a file")
        try await enter(.writing, .sendFile)
        var turn = Turn()
        var position = off_t(offset)
        var moved = 0
        while moved < count {
            let result = System.withoutBrokenPipeSignal {
                System.retrying {
                    unsafe sendfile(
                        socket.number,
                        descriptor,
                        &position,
                        min(count - moved, Self.spliceSize)
                    )
                }
            }
            if result == 0 { break }
            guard result > 0 else {
                try await retry(.writing, .sendFile, after: result, transferred: moved)
                continue
            }
            moved += result
            sent.add(result)
            if turn.take(result) { try await rest(.writing, .sendFile, after: moved) }
        }
        socket.leave(.writing, ready: true)
        return moved
    }

    /// Moves everything that comes until the peer finishes into another connection, without copying
    /// it through the program: splice(2).
    ///
    /// The other connection is not finished.
    ///
    /// - Returns: How many bytes were moved.
    ///
    /// Cancellation and deadlines: partial; up to a pipe's capacity of what was received may then
    /// not have been sent, and is lost: both connections should be closed.
    @discardableResult
    public func splice(to other: StreamConnection) async throws(SocketError) -> Int {
        let pipe = try Pipe()
        try await enter(.reading, .splice)
        var turn = Turn()
        var moved = 0
        while true {
            var taken = System.splice(
                from: socket.number,
                to: pipe.input.number,
                Pipe.capacity
            )
            if taken == 0
                || System.wouldBlock(taken) && System.isReady(socket.number, for: .reading)
            {
                taken = receivePastUrgentData(into: pipe.input.number)
            }
            if taken == 0 { break }
            guard taken > 0 else {
                try await retry(.reading, .splice, after: taken, transferred: moved)
                continue
            }
            received.add(taken)
            do throws(SocketError) {
                try await other.drain(pipe, count: taken, after: moved)
            } catch {
                socket.leave(.reading, ready: true)
                throw error
            }
            moved += taken
            if turn.take(taken) { try await rest(.reading, .splice, after: moved) }
        }
        socket.leave(.reading, ready: true)
        return moved
    }

    private func drain(
        _ pipe: borrowing Pipe,
        count: Int,
        after moved: Int
    ) async throws(SocketError) {
        try await enter(.writing, .splice)
        var left = count
        while left > 0 {
            let given = System.withoutBrokenPipeSignal {
                System.retrying {
                    clinux_splice(pipe.output.number, socket.number, left, clinux_splice_flags())
                }
            }
            guard given >= 0 else {
                try await retry(.writing, .splice, after: given, transferred: moved + count - left)
                continue
            }
            left -= given
            sent.add(given)
        }
        socket.leave(.writing, ready: true)
    }
}

/// The vector of sendmsg(2) over arrays that stay where they are.
private enum Vectors {
    /// Pieces a call; the kernel takes 1024 (IOV_MAX), and more than this is not faster.
    static let limit = 32

    /// Calls `body` with the first pieces, the first of them from `offset`.
    static func with(
        _ pieces: ArraySlice<[UInt8]>,
        offset: Int,
        _ body: (UnsafeMutableBufferPointer<iovec>) -> Int
    ) -> Int {
        unsafe withUnsafeTemporaryAllocation(of: iovec.self, capacity: limit) { vectors in
            unsafe fill(vectors, 0, pieces.prefix(limit), offset, body)
        }
    }

    /// One level of nesting a piece, because an array promises its address only within a closure.
    private static func fill(
        _ vectors: UnsafeMutableBufferPointer<iovec>,
        _ index: Int,
        _ pieces: ArraySlice<[UInt8]>,
        _ offset: Int,
        _ body: (UnsafeMutableBufferPointer<iovec>) -> Int
    ) -> Int {
        guard let piece = pieces.first else {
            return unsafe body(UnsafeMutableBufferPointer(rebasing: vectors[..<index]))
        }
        return unsafe piece.withUnsafeBytes { bytes in
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[offset...])
            unsafe vectors.initializeElement(
                at: index,
                to: iovec(
                    iov_base: UnsafeMutableRawPointer(mutating: rest.baseAddress),
                    iov_len: rest.count
                )
            )
            return unsafe fill(vectors, index + 1, pieces.dropFirst(), 0, body)
        }
    }
}

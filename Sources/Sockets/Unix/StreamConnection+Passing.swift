/// Descriptors on a Unix stream (SCM_RIGHTS, unix(7)).
///
/// They travel with bytes: the receive that gives the first byte they were sent with gives them too,
/// and it never goes on past the last of these bytes. Received without asking for them, by
/// ``receive(into:)-(MutableRawSpan)`` and the like, they are closed by the kernel.
extension StreamConnection {
    /// Sends all bytes, and descriptors with the first of them: sendmsg(2) with SCM_RIGHTS.
    ///
    /// The receiver gets descriptors of its own for the same open files; the caller keeps its own
    /// and may close them when this returns. Cancellation and deadlines: partial, as for
    /// ``send(_:)``; with ``SocketError/transferredCount`` zero no descriptor went out, otherwise
    /// all.
    ///
    /// ```swift
    /// let descriptor = try connection.duplicateDescriptor()
    /// try await worker.send("serve this\n", passing: [descriptor.number])
    /// connection.close()
    /// ```
    ///
    /// - Parameters:
    ///   - bytes: What they travel with; at least one.
    ///   - descriptors: Open descriptors, at most ``ReceivedDescriptors/sendLimit``. They must stay
    ///     open until this returns.
    /// - Throws: ``SocketError/Code/invalidArgument`` for no bytes, too many descriptors, and a
    ///   number that is not open; ``SocketError/Code/unsupported`` on a TCP connection;
    ///   ``SocketError/Code/descriptorLimit`` when the user's processes have as many on the way
    ///   that nobody has received yet as RLIMIT_NOFILE allows.
    public func send(
        _ bytes: RawSpan,
        passing descriptors: [CInt]
    ) async throws(SocketError) {
        try checkPassing(descriptors, with: bytes.byteCount)
        try await enter(.writing, .send)
        var count = 0
        while count < bytes.byteCount {
            let result = unsafe bytes.withUnsafeBytes {
                unsafe System.send(
                    socket.number,
                    $0.baseAddress.unsafelyUnwrapped + count,
                    $0.count - count,
                    passing: count == 0 ? descriptors : []
                )
            }
            if result >= 0 {
                count += result
                sent.add(result)
                sending.add(result)
            } else {
                try await retry(.writing, .send, after: result, transferred: count)
            }
        }
        socket.leave(.writing, ready: true)
    }

    /// Sends bytes, and descriptors with the first of them.
    ///
    /// Like ``send(_:passing:)-(RawSpan,_)``.
    public func send(
        _ bytes: [UInt8],
        passing descriptors: [CInt]
    ) async throws(SocketError) {
        try await unsafe send(bytes.span.bytes, passing: descriptors)
    }

    /// Sends a text as UTF-8, and descriptors with the first of its bytes.
    ///
    /// Like ``send(_:passing:)-(RawSpan,_)``.
    public func send(
        _ text: String,
        passing descriptors: [CInt]
    ) async throws(SocketError) {
        try await unsafe send(text.utf8Span.span.bytes, passing: descriptors)
    }

    /// Receives into memory of the caller's, with the descriptors that came: recvmsg(2).
    ///
    /// At least one byte; zero is the end. They are close-on-exec. Cancellation and deadlines: total,
    /// neither a byte nor a descriptor is consumed.
    ///
    /// - Parameters:
    ///   - memory: Where the bytes go.
    ///   - descriptors: Where the descriptors go, behind those that are there.
    /// - Returns: How many bytes came.
    /// - Throws: After the bytes were received, whose number is in
    ///   ``SocketError/transferredCount``, and with all of their descriptors closed:
    ///   ``SocketError/Code/limitExceeded`` when more came than there was room for, and
    ///   ``SocketError/Code/descriptorLimit`` when this process could not have all of them. Before
    ///   anything was received: ``SocketError/Code/unsupported`` on a TCP connection.
    public func receive(
        into memory: inout MutableRawSpan,
        descriptors: inout ReceivedDescriptors
    ) async throws(SocketError) -> Int {
        precondition(memory.byteCount > 0, "receiving into no memory")
        try checkUnix(.receive)
        try await enter(.reading, .receive)
        while true {
            var arrival = ReceivedDescriptors.Arrival.complete
            let space = memory.byteCount
            let result = unsafe memory.withUnsafeMutableBytes {
                unsafe take($0.baseAddress.unsafelyUnwrapped, space, &descriptors, &arrival)
            }
            if result >= 0 {
                return try check(arrival, endReceive(result, space: space), descriptors.limit)
            }
            try await retry(.reading, .receive, after: result)
        }
    }

    /// Receives and appends to a buffer, with the descriptors that came: recvmsg(2).
    ///
    /// Like ``receive(into:descriptors:)-(MutableRawSpan,_)``; the bytes are in the buffer also when
    /// it fails because of their descriptors. With ``SocketError/Code/limitExceeded`` and a
    /// ``SocketError/transferredCount`` of zero, it is the buffer that is full.
    public func receive(
        into buffer: inout ByteBuffer,
        descriptors: inout ReceivedDescriptors
    ) async throws(SocketError) -> Int {
        try checkUnix(.receive)
        try await enter(.reading, .receive)
        while true {
            guard buffer.makeSpace() else {
                socket.leave(.reading, ready: true)
                throw failure(
                    .limitExceeded,
                    .receive,
                    detail: "the buffer's limit of \(buffer.limit) bytes"
                )
            }
            var arrival = ReceivedDescriptors.Arrival.complete
            let (result, space) = unsafe buffer.fill {
                unsafe take($0, $1, &descriptors, &arrival)
            }
            if result >= 0 {
                return try check(arrival, endReceive(result, space: space), descriptors.limit)
            }
            buffer.releaseMemoryIfEmpty()
            try await retry(.reading, .receive, after: result)
        }
    }

    // MARK: Steps

    private func take(
        _ memory: UnsafeMutableRawPointer,
        _ size: Int,
        _ descriptors: inout ReceivedDescriptors,
        _ arrival: inout ReceivedDescriptors.Arrival
    ) -> Int {
        // Messages with descriptors end receives; whoever asks for them expects some.
        socket.noteBorder()
        let (result, outcome) = unsafe System.receive(socket.number, memory, size, &descriptors)
        arrival = outcome
        return result
    }

    /// The count, unless descriptors were lost.
    func check(
        _ arrival: ReceivedDescriptors.Arrival,
        _ count: Int,
        _ limit: Int
    ) throws(SocketError) -> Int {
        switch arrival {
        case .complete: return count
        case .overLimit(let arrived):
            throw failure(
                .limitExceeded,
                .receive,
                transferred: count,
                detail: "\(arrived) descriptors came at once, and \(limit) may be held"
            )
        case .incomplete:
            throw failure(
                .descriptorLimit,
                .receive,
                transferred: count,
                detail: "descriptors that came could not be given to this process"
            )
        }
    }

    func checkPassing(_ descriptors: [CInt], with size: Int) throws(SocketError) {
        try checkUnix(.send)
        // The kernel would send nothing and call it success.
        guard size > 0 else {
            throw failure(
                .invalidArgument,
                .send,
                detail: "descriptors travel with a byte at least"
            )
        }
        guard descriptors.count <= ReceivedDescriptors.sendLimit else {
            throw failure(
                .invalidArgument,
                .send,
                detail: "\(descriptors.count) descriptors at once, and the kernel's limit is "
                    + "\(ReceivedDescriptors.sendLimit)"
            )
        }
    }

    /// TCP ignores them without a word.
    private func checkUnix(_ operation: SocketError.Operation) throws(SocketError) {
        guard peerAddress.isUnix else {
            throw failure(.unsupported, operation, detail: "descriptors pass Unix sockets only")
        }
    }
}

internal import CLinux
internal import Glibc

extension StreamConnection {
    /// Takes over a connected stream socket that came from elsewhere: another process, a parent.
    ///
    /// Sets O_NONBLOCK and TCP_NODELAY, which everybody sees who shares the open socket, and
    /// close-on-exec. On a loop's thread that loop looks after it, otherwise one of `loops`.
    ///
    /// ```swift
    /// while let descriptor = descriptors.popFirst() {
    ///     let connection = try StreamConnection.adopt(descriptor)
    ///     try await connection.send("hello from another process\n")
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - descriptor: A connected TCP or Unix stream socket; it is closed when this fails.
    ///   - loops: The loops one of which will look after it.
    /// - Returns: The connection.
    /// - Throws: ``SocketError/Code/invalidArgument`` for what is no stream socket, or one that
    ///   listens; ``SocketError/Code/notConnected``; ``SocketError/Code/unsupported`` for a socket
    ///   of another family.
    public static func adopt(
        _ descriptor: consuming Descriptor,
        loops: EventLoopGroup = .shared
    ) throws(SocketError) -> StreamConnection {
        try adopt(descriptor, type: CInt(SOCK_STREAM.rawValue), loops)
    }

    static func adopt(
        _ descriptor: consuming Descriptor,
        type: CInt,
        _ loops: EventLoopGroup
    ) throws(SocketError) -> StreamConnection {
        let descriptor = descriptor
        try descriptor.prepare(type: type, listening: false)
        guard let peer = System.peerAddress(descriptor.number) else {
            throw SocketError(.notConnected, in: .adopt)
        }
        let loop = try loops.nearest()
        return StreamConnection(PolledSocket(descriptor, loop: loop), peerAddress: peer)
    }

    /// A further descriptor for the same socket, to be passed to another process: fcntl(2),
    /// F_DUPFD_CLOEXEC.
    ///
    /// The connection lives until the last of its descriptors is closed: ``close()`` after passing
    /// one leaves it to the other process, ``finish()`` ends it for all.
    ///
    /// - Throws: ``SocketError/Code/closed``; ``SocketError/Code/descriptorLimit``.
    public func duplicateDescriptor() throws(SocketError) -> Descriptor {
        guard let result = socket.withNumber({ System.duplicate($0) }) else {
            throw failure(.closed, .duplicate)
        }
        guard result >= 0 else { throw failure(.duplicate, errno: result) }
        return Descriptor(CInt(truncatingIfNeeded: result))
    }
}

extension StreamListener {
    /// Takes over a listening stream socket that came from elsewhere, such as the process that this
    /// one replaces.
    ///
    /// Sets O_NONBLOCK and TCP_NODELAY, which everybody sees who shares the open socket, and
    /// close-on-exec. A socket file stays when this listener closes: it is not the one who made it.
    ///
    /// - Parameters:
    ///   - descriptor: A listening TCP or Unix stream socket; it is closed when this fails.
    ///   - loops: The loops that will look after its connections.
    ///   - configuration: How it behaves; backlog and options are those it has.
    /// - Returns: The listener.
    /// - Throws: ``SocketError/Code/invalidArgument`` for what is no listening stream socket;
    ///   ``SocketError/Code/unsupported`` for a socket of another family.
    public static func adopt(
        _ descriptor: consuming Descriptor,
        loops: EventLoopGroup = .shared,
        _ configuration: Configuration = .init()
    ) throws(SocketError) -> StreamListener {
        try adopt(descriptor, type: CInt(SOCK_STREAM.rawValue), loops, configuration)
    }

    static func adopt(
        _ descriptor: consuming Descriptor,
        type: CInt,
        _ loops: EventLoopGroup,
        _ configuration: Configuration
    ) throws(SocketError) -> StreamListener {
        let descriptor = descriptor
        let address = try descriptor.prepare(type: type, listening: true)
        return try StreamListener(
            StreamSocket(descriptor, loops: loops),
            localAddress: address,
            configuration: configuration,
            ownsFile: false
        )
    }

    /// Stops listening here without ending the socket, whose descriptor can be passed to another
    /// process: fcntl(2), F_DUPFD_CLOEXEC, and close(2).
    ///
    /// No client notices: the kernel goes on queueing connections. A socket file stays where it is.
    /// Waiting accepts fail with ``SocketError/Code/closed``; ``serve(_:)`` returns when its
    /// handlers have ended.
    ///
    /// - Returns: The descriptor, for ``adopt(_:loops:_:)`` elsewhere. Closing it ends the socket.
    /// - Throws: ``SocketError/Code/closed``, and ``SocketError/Code/descriptorLimit``, which leaves
    ///   the listener as it was.
    public func handOver() throws(SocketError) -> Descriptor {
        let result = socket.withNumber { System.duplicate($0) }
        guard let result, result >= 0 else {
            throw SocketError(
                result.map { .init(errno: CInt(-$0)) } ?? .closed,
                in: .duplicate,
                local: localAddress,
                errno: CInt(-(result ?? 0))
            )
        }
        socket.close()
        served.changed()
        return Descriptor(CInt(truncatingIfNeeded: result))
    }
}

extension Descriptor {
    /// Checks what it is, and makes it non-blocking and close-on-exec; its local address.
    @discardableResult
    borrowing func prepare(type: CInt, listening: Bool) throws(SocketError) -> SocketAddress {
        switch System.option(number, SOL_SOCKET, SO_TYPE) {
        case .failure(let error): throw Self.refused(error.number, "it is no socket")
        case .success(type): break
        case .success: throw Self.refused(0, "it is a socket of another type")
        }
        guard case .success(let listens) = System.option(number, SOL_SOCKET, SO_ACCEPTCONN),
            (listens != 0) == listening
        else { throw Self.refused(0, listening ? "it does not listen" : "it listens") }
        guard let address = System.localAddress(number) else {
            throw SocketError(.unsupported, in: .adopt, detail: "neither TCP nor a Unix socket")
        }
        let result = System.makeNonBlocking(number)
        guard result >= 0 else { throw Self.refused(CInt(-result), "") }
        // As what is created here; what a listener accepts has it from the listener.
        if address.ip != nil, type == CInt(SOCK_STREAM.rawValue) {
            try SocketOption<Bool>.noDelay.set(number, to: true)
        }
        return address
    }

    private static func refused(_ errno: CInt, _ detail: String) -> SocketError {
        SocketError(
            errno == 0 ? .invalidArgument : .init(errno: errno),
            in: .adopt,
            errno: errno,
            detail: detail.isEmpty ? nil : detail
        )
    }
}

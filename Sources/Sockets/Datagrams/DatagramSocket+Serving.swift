extension DatagramSocket {
    /// Serves one port by one socket for each loop (SO_REUSEPORT), each handled by a child task on the
    /// thread of its loop.
    ///
    /// The kernel spreads peers over the sockets by a hash of the four addresses and ports: one peer's
    /// datagrams come to one socket, in which order ever they arrive, and each socket's handler needs
    /// no lock. A socket answers as any other.
    ///
    /// ```swift
    /// try await DatagramSocket.serve(on: "udp://:5353") { socket in
    ///     var batch = DatagramBatch(capacity: 64, datagramSize: 2048)
    ///     while true {
    ///         try await socket.receive(into: &batch)
    ///         try await socket.send(&batch)
    ///     }
    /// }
    /// ```
    ///
    /// - All sockets are bound before the first handler runs. Port 0 is resolved once: all have the
    ///   port that the first got, and each handler reads it from ``localAddress``. What arrives between
    ///   the first bind and the last goes to those bound by then.
    /// - The port belongs to this group: where another socket has it, serving fails with
    ///   ``SocketError/Code/addressInUse``, even if that one shares it. With
    ///   ``SocketOption/reusePort`` among the options it joins a group of the same user, also of
    ///   another process, and the kernel spreads the peers over all.
    /// - A socket is closed when its handler returns; the kernel then spreads the peers over the others
    ///   anew, and what waited in its buffer is lost. It returns when all handlers have.
    /// - A handler's error cancels the others, and is thrown when they have ended. Cancellation cancels
    ///   all, which ends their operations with ``SocketError/Code/cancelled``.
    /// - A deadline around it reaches every operation of the handlers.
    ///
    /// - Parameters:
    ///   - endpoint: `udp://…`; Unix addresses have no groups.
    ///   - loops: The loops; as many sockets as there are.
    ///   - metadata: What is to be reported of each datagram.
    ///   - options: Set on each socket before it is bound.
    ///   - handler: Called once for each socket, on its loop's thread.
    /// - Throws: ``SocketError`` if a socket cannot be bound, or the first error of a handler.
    public static func serve(
        on endpoint: Endpoint,
        loops: EventLoopGroup = .shared,
        metadata: DatagramMetadata.Kinds = [],
        options: [SocketSetting] = [],
        _ handler: @escaping @Sendable (DatagramSocket) async throws -> Void
    ) async throws {
        let sockets = try await bindGroup(
            to: endpoint,
            loops: loops,
            metadata: metadata,
            options: options
        )
        defer { for socket in sockets { socket.close() } }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for socket in sockets {
                group.addTask(executorPreference: socket.loop) {
                    defer { socket.close() }
                    try await socket.core.socket.atHome { try await handler(socket) }
                }
            }
            // The first error leaves the scope, which cancels the others and waits for them;
            // `waitForAll` would wait for them first.
            while try await group.next() != nil {}
        }
    }

    /// Binds one socket for each loop to the same port; the caller closes them.
    static func bindGroup(
        to endpoint: Endpoint,
        loops: EventLoopGroup,
        metadata: DatagramMetadata.Kinds,
        options: [SocketSetting]
    ) async throws(SocketError) -> [DatagramSocket] {
        var failure = SocketError(.noAddress, in: .bind, over: .udp, detail: "\(endpoint)")
        for address in try await addresses(toBind: endpoint) {
            do throws(SocketError) {
                return try bindGroup(
                    to: address,
                    loops: loops,
                    metadata: metadata,
                    options: options
                )
            } catch {
                failure = error
            }
        }
        throw failure
    }

    private static func bindGroup(
        to address: SocketAddress,
        loops: EventLoopGroup,
        metadata: DatagramMetadata.Kinds,
        options: [SocketSetting]
    ) throws(SocketError) -> [DatagramSocket] {
        if address.isUnix {
            throw SocketError(
                .unsupported,
                in: .bind,
                local: address,
                detail: "Unix sockets share no address (SO_REUSEPORT)"
            )
        }
        _ = try loops.place()
        var sockets: [DatagramSocket] = []
        for loop in loops.loops {
            // The first takes the address alone, and shares it afterwards: a socket that shares when
            // it is bound may join the group of another program of this user, and the kernel even
            // offers such a port when it chooses one (udp_lib_lport_inuse).
            let isFirst = sockets.isEmpty
            let socket = try create(
                address.family,
                loops: loops,
                metadata: metadata,
                options: defaults(for: address) + options
                    + (isFirst ? [] : [.set(.reusePort, to: true)])
            ).bind(to: sockets.first?.localAddress ?? address, on: loop)
            if isFirst, loops.loops.count > 1 { try socket.set(.reusePort, to: true) }
            sockets.append(socket)
        }
        return sockets
    }
}

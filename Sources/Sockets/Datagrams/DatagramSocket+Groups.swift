extension DatagramSocket {
    /// Joins a multicast group: MCAST_JOIN_GROUP, or MCAST_JOIN_SOURCE_GROUP with a source.
    ///
    /// The socket then receives what is sent to the group and its port. It leaves when it closes.
    ///
    /// - Parameters:
    ///   - group: An address in 224.0.0.0/4 or ff00::/8, of the socket's family.
    ///   - source: Only what comes from this address (RFC 4607); repeat it for several.
    ///   - interface: Where to join.
    /// - Throws: ``SocketError``, among others when the kernel's limit of groups is met
    ///   (net.ipv4.igmp_max_memberships).
    public func join(
        _ group: IPAddress,
        from source: IPAddress? = nil,
        on interface: NetworkInterface = .any
    ) throws(SocketError) {
        try setMembership(.joinGroup, true, group, source, interface)
    }

    /// Leaves a multicast group: MCAST_LEAVE_GROUP, or MCAST_LEAVE_SOURCE_GROUP with a source.
    ///
    /// The parameters are those of ``join(_:from:on:)``.
    public func leave(
        _ group: IPAddress,
        from source: IPAddress? = nil,
        on interface: NetworkInterface = .any
    ) throws(SocketError) {
        try setMembership(.leaveGroup, false, group, source, interface)
    }

    private func setMembership(
        _ operation: SocketError.Operation,
        _ isMember: Bool,
        _ group: IPAddress,
        _ source: IPAddress?,
        _ interface: NetworkInterface
    ) throws(SocketError) {
        let error = try core.withDescriptor(operation) { number throws(SocketError) in
            System.setMembership(
                number,
                isMember: isMember,
                group: group,
                source: source,
                interface: interface.index
            )
        }
        guard error != 0 else { return }
        var detail = "\(group)"
        if let source { detail += " from \(source)" }
        throw core.failure(
            .init(errno: error),
            operation,
            errno: error,
            transferred: 0,
            detail: detail + " on interface \(interface)"
        )
    }
}

internal import CLinux
internal import Glibc

/// Options of datagram sockets.
extension System {
    static let ip = CInt(IPPROTO_IP)
    static let udp = CInt(IPPROTO_UDP)
    /// UDP_SEGMENT and UDP_GRO of linux/udp.h.
    static let udpSegmentation: CInt = 103
    static let udpReceiveOffload: CInt = 104

    /// Whether a socket is one of IPv6 (SO_DOMAIN).
    static func isIPv6(_ fd: CInt) -> Bool {
        if case .success(AF_INET6) = option(fd, SOL_SOCKET, SO_DOMAIN) { true } else { false }
    }

    /// Whether the kernel cuts large sends into datagrams for this socket.
    static func hasSegmentation(_ fd: CInt) -> Bool {
        if case .success = option(fd, udp, udpSegmentation) { true } else { false }
    }

    /// Whether the kernel puts received datagrams together for this socket.
    static func hasReceiveOffload(_ fd: CInt) -> Bool {
        if case .success(let value) = option(fd, udp, udpReceiveOffload) {
            value != 0
        } else {
            false
        }
    }

    /// Asks for the errors of datagrams sent earlier, and for what is to be reported of each
    /// received one: zero, or an errno.
    static func setReports(
        _ fd: CInt,
        isIPv6: Bool,
        _ kinds: DatagramMetadata.Kinds
    ) -> CInt {
        var wanted: [(CInt, CInt)] = []
        // An IPv6 socket that receives from IPv4 peers uses the options of both.
        wanted.append((ip, CInt(IP_RECVERR)))
        if isIPv6 { wanted.append((ipv6, CInt(IPV6_RECVERR))) }
        if kinds.contains(.localAddress) {
            wanted.append((ip, CInt(IP_PKTINFO)))
            if isIPv6 { wanted.append((ipv6, CInt(IPV6_RECVPKTINFO))) }
        }
        if kinds.contains(.hopLimit) {
            wanted.append((ip, CInt(IP_RECVTTL)))
            if isIPv6 { wanted.append((ipv6, CInt(IPV6_RECVHOPLIMIT))) }
        }
        if kinds.contains(.trafficClass) {
            wanted.append((ip, CInt(IP_RECVTOS)))
            if isIPv6 { wanted.append((ipv6, CInt(IPV6_RECVTCLASS))) }
        }
        if kinds.contains(.receiveTime) { wanted.append((SOL_SOCKET, SO_TIMESTAMPNS)) }
        if kinds.contains(.droppedCount) { wanted.append((SOL_SOCKET, SO_RXQ_OVFL)) }
        for (level, number) in wanted {
            let error = setOption(fd, level, number, 1)
            // Raw IPv6 sockets know nothing of IPv4.
            if error == ENOPROTOOPT, isIPv6, level == ip { continue }
            if error != 0 { return error }
        }
        return 0
    }

    // MARK: Groups

    /// The interface by which multicasts leave, 0 for the kernel's choice.
    static func multicastInterface(_ fd: CInt) -> Result<UInt32, KernelError> {
        if isIPv6(fd) {
            return option(fd, ipv6, CInt(IPV6_MULTICAST_IF)).map { UInt32(bitPattern: $0) }
        }
        var request = ip_mreqn()
        var size = socklen_t(MemoryLayout<ip_mreqn>.size)
        guard unsafe getsockopt(fd, ip, CInt(IP_MULTICAST_IF), &request, &size) == 0 else {
            return .failure(.init(number: errno))
        }
        // The kernel returns the address only, which says nothing when the index was set.
        return .success(UInt32(bitPattern: request.imr_ifindex))
    }

    static func setMulticastInterface(_ fd: CInt, _ index: UInt32) -> CInt {
        if isIPv6(fd) {
            return setOption(fd, ipv6, CInt(IPV6_MULTICAST_IF), CInt(bitPattern: index))
        }
        var request = ip_mreqn()
        request.imr_ifindex = CInt(bitPattern: index)
        let size = socklen_t(MemoryLayout<ip_mreqn>.size)
        return unsafe setsockopt(fd, ip, CInt(IP_MULTICAST_IF), &request, size) == 0 ? 0 : errno
    }

    /// Joins or leaves a group (struct group_req, struct group_source_req): zero, or an errno.
    static func setMembership(
        _ fd: CInt,
        isMember: Bool,
        group: IPAddress,
        source: IPAddress?,
        interface: UInt32
    ) -> CInt {
        let level = if case .v6 = group { ipv6 } else { ip }
        guard let source else {
            var request = group_req()
            request.gr_interface = interface
            unsafe withUnsafeMutableBytes(of: &request.gr_group) {
                _ = unsafe write(SocketAddress(group, port: 0), to: $0)
            }
            let size = socklen_t(MemoryLayout<group_req>.size)
            let option = CInt(isMember ? MCAST_JOIN_GROUP : MCAST_LEAVE_GROUP)
            return unsafe setsockopt(fd, level, option, &request, size) == 0 ? 0 : errno
        }
        var request = group_source_req()
        request.gsr_interface = interface
        unsafe withUnsafeMutableBytes(of: &request.gsr_group) {
            _ = unsafe write(SocketAddress(group, port: 0), to: $0)
        }
        unsafe withUnsafeMutableBytes(of: &request.gsr_source) {
            _ = unsafe write(SocketAddress(source, port: 0), to: $0)
        }
        let size = socklen_t(MemoryLayout<group_source_req>.size)
        let option = CInt(isMember ? MCAST_JOIN_SOURCE_GROUP : MCAST_LEAVE_SOURCE_GROUP)
        return unsafe setsockopt(fd, level, option, &request, size) == 0 ? 0 : errno
    }
}

internal import CLinux
internal import Glibc

/// The system calls of packet sockets (packet(7)).
extension System {
    /// A packet socket without link headers, of no protocol: until bind(2) names one, nothing comes.
    static func createPacket() -> Int {
        retrying { Int(socket(AF_PACKET, clinux_datagram_type(), 0)) }
    }

    /// Begins to receive: what a link header calls `type`, on one interface, or with 0 on all.
    static func bindPacket(_ fd: CInt, to interface: UInt32, type: EtherType) -> Int {
        var address = linkAddress(interface, type)
        let size = socklen_t(MemoryLayout<sockaddr_ll>.size)
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                retrying { unsafe Int(Glibc.bind(fd, pointer, size)) }
            }
        }
    }

    /// Sends a packet; the kernel puts the link's header before it.
    static func sendPacket(
        _ fd: CInt,
        _ bytes: UnsafeRawBufferPointer,
        type: EtherType,
        to destination: MACAddress,
        by interface: UInt32
    ) -> Int {
        var address = linkAddress(interface, type)
        address.sll_halen = UInt8(MACAddress.size)
        unsafe withUnsafeMutableBytes(of: &address.sll_addr) {
            // The address is the upper 48 of 64 bits, whose bytes are in order.
            unsafe $0.storeBytes(of: (destination.bits << 16).bigEndian, as: UInt64.self)
        }
        var vector = unsafe iovec(
            iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress),
            iov_len: bytes.count
        )
        var message = unsafe msghdr()
        return unsafe withUnsafeMutablePointer(to: &vector) { vector in
            unsafe withUnsafeMutablePointer(to: &address) { address in
                unsafe message.msg_name = UnsafeMutableRawPointer(address)
                unsafe message.msg_namelen = socklen_t(MemoryLayout<sockaddr_ll>.size)
                unsafe message.msg_iov = vector
                unsafe message.msg_iovlen = 1
                return retrying { unsafe clinux_send_message(fd, &message) }
            }
        }
    }

    private static func linkAddress(_ interface: UInt32, _ type: EtherType) -> sockaddr_ll {
        var address = sockaddr_ll()
        address.sll_family = UInt16(AF_PACKET)
        address.sll_protocol = type.rawValue.bigEndian
        address.sll_ifindex = CInt(bitPattern: interface)
        return address
    }

    /// What the kernel says of a received packet's link; nil for the address of another family.
    static func linkHeader(_ bytes: UnsafeRawBufferPointer) -> LinuxCookedHeader? {
        // Less than the whole of it when the link's addresses are short.
        guard bytes.count >= MemoryLayout<sockaddr_ll>.offset(of: \.sll_addr) ?? .max else {
            return nil
        }
        var native = sockaddr_ll()
        unsafe withUnsafeMutableBytes(of: &native) {
            unsafe $0.copyMemory(
                from: UnsafeRawBufferPointer(rebasing: bytes.prefix($0.count))
            )
        }
        guard CInt(native.sll_family) == AF_PACKET else { return nil }
        let address = unsafe withUnsafeBytes(of: native.sll_addr) {
            unsafe $0.loadUnaligned(as: UInt64.self)
        }
        return LinuxCookedHeader(
            type: EtherType(rawValue: UInt16(bigEndian: native.sll_protocol)),
            interfaceIndex: UInt32(bitPattern: native.sll_ifindex),
            hardwareType: native.sll_hatype,
            direction: LinuxCookedHeader.Direction(rawValue: native.sll_pkttype),
            address: UInt64(bigEndian: address),
            addressSize: native.sll_halen
        )
    }
}

/// The options of packet sockets: zero, or an errno.
extension System {
    static let packet: CInt = 263  // SOL_PACKET of bits/socket.h

    /// Asks for the time of each packet, its size and its VLAN.
    static func setPacketReports(_ fd: CInt) -> CInt {
        let error = setOption(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1)
        return error != 0 ? error : setOption(fd, packet, PACKET_AUXDATA, 1)
    }

    /// Sees what is for others too, for as long as the socket is open.
    static func setPromiscuous(_ fd: CInt, on interface: UInt32) -> CInt {
        var request = packet_mreq()
        request.mr_ifindex = CInt(bitPattern: interface)
        request.mr_type = UInt16(PACKET_MR_PROMISC)
        let size = socklen_t(MemoryLayout<packet_mreq>.size)
        return unsafe setsockopt(fd, packet, PACKET_ADD_MEMBERSHIP, &request, size) == 0 ? 0 : errno
    }

    /// The receive buffer: beyond net.core.rmem_max with CAP_NET_ADMIN, else up to there.
    static func setReceiveBuffer(_ fd: CInt, size: Int) -> CInt {
        let size = CInt(clamping: size)
        // SO_RCVBUFFORCE.
        return setOption(fd, SOL_SOCKET, 33, size) == 0
            ? 0 : setOption(fd, SOL_SOCKET, SO_RCVBUF, size)
    }

    /// Packets since the last call that the filter took, and how many of them were dropped.
    static func takePacketCounts(_ fd: CInt) -> (taken: Int, dropped: Int)? {
        var counts = tpacket_stats()
        var size = socklen_t(MemoryLayout<tpacket_stats>.size)
        guard unsafe getsockopt(fd, packet, PACKET_STATISTICS, &counts, &size) == 0 else {
            return nil
        }
        return (Int(counts.tp_packets), Int(counts.tp_drops))
    }

    /// Puts a filter before the receive queue of a socket of any kind: SO_ATTACH_FILTER.
    static func attachFilter(_ fd: CInt, _ program: BPFProgram) -> CInt {
        var instructions = program.instructions.map {
            sock_filter(code: $0.code, jt: $0.jumpTrue, jf: $0.jumpFalse, k: $0.operand)
        }
        return unsafe instructions.withUnsafeMutableBufferPointer { instructions in
            var program = unsafe sock_fprog(
                len: UInt16(clamping: instructions.count),
                filter: instructions.baseAddress
            )
            let size = socklen_t(unsafe MemoryLayout<sock_fprog>.size)
            return unsafe setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, size) == 0
                ? 0 : errno
        }
    }
}

internal import CLinux
internal import Glibc

/// The control messages of a datagram (cmsg(3)): between their layout and ``DatagramMetadata``.
///
/// Each is a header of 16 bytes (length with the header, level, type) and its data, and begins at a
/// multiple of eight.
enum ControlMessages {
    private static let headerSize = MemoryLayout<cmsghdr>.size
    private static let alignment = MemoryLayout<Int>.alignment

    private static func aligned(_ size: Int) -> Int { (size + alignment - 1) & ~(alignment - 1) }

    // Linux's values; <netinet/udp.h> has the latter two from glibc 2.32 on only.
    private static let udp: CInt = 17  // SOL_UDP
    private static let segment: CInt = 103  // UDP_SEGMENT
    private static let receiveOffload: CInt = 104  // UDP_GRO
    private static let ip = CInt(IPPROTO_IP)
    private static let ipv6 = CInt(IPPROTO_IPV6)

    /// What the messages a datagram is sent with take at most: of each family pktinfo, hop limit and
    /// traffic class, and a segment size.
    static let sendCapacity = (40 + 24 + 24) + (32 + 24 + 24) + 24

    // MARK: Reading

    /// Calls `body` with the level, the type and the data of each message.
    static func forEach(
        in bytes: UnsafeRawBufferPointer,
        _ body: (CInt, CInt, UnsafeRawBufferPointer) -> Void
    ) {
        var position = 0
        while bytes.count - position >= headerSize {
            let header = unsafe bytes.loadUnaligned(fromByteOffset: position, as: cmsghdr.self)
            let size = Int(header.cmsg_len)
            guard size >= headerSize, size <= bytes.count - position else { return }
            unsafe body(
                header.cmsg_level,
                header.cmsg_type,
                UnsafeRawBufferPointer(rebasing: bytes[position + headerSize..<position + size])
            )
            position += aligned(size)
        }
    }

    /// Reads what a received datagram's messages say.
    static func read(_ bytes: UnsafeRawBufferPointer) -> DatagramMetadata {
        var metadata = DatagramMetadata()
        unsafe forEach(in: bytes) { level, type, data in
            switch (level, type) {
            case (ip, CInt(IP_PKTINFO)): unsafe readIPv4Information(data, &metadata)
            case (ipv6, CInt(IPV6_PKTINFO)): unsafe readIPv6Information(data, &metadata)
            case (ip, CInt(IP_TTL)), (ipv6, CInt(IPV6_HOPLIMIT)):
                metadata.hopLimit = unsafe load(data, CInt.self).map(
                    UInt8.init(truncatingIfNeeded:)
                )
            case (ip, CInt(IP_TOS)):
                metadata.trafficClass = unsafe load(data, UInt8.self).map(TrafficClass.init)
            case (ipv6, CInt(IPV6_TCLASS)):
                metadata.trafficClass = unsafe load(data, CInt.self).map {
                    TrafficClass(rawValue: UInt8(truncatingIfNeeded: $0))
                }
            case (udp, segment):  // of a batch, before it is sent
                metadata.segmentSize = unsafe load(data, UInt16.self).map(Int.init)
            case (udp, receiveOffload):
                metadata.segmentSize = unsafe load(data, CInt.self).map(Int.init)
            case (SOL_SOCKET, SO_TIMESTAMPNS):
                metadata.receiveTime = unsafe load(data, timespec.self).map {
                    .seconds($0.tv_sec) + .nanoseconds($0.tv_nsec)
                }
            case (SOL_SOCKET, SO_RXQ_OVFL): metadata.droppedCount = unsafe load(data, UInt32.self)
            default: break
            }
        }
        return metadata
    }

    static func load<Value: BitwiseCopyable>(
        _ data: UnsafeRawBufferPointer,
        at offset: Int = 0,
        _ type: Value.Type
    ) -> Value? {
        guard data.count - offset >= MemoryLayout<Value>.size else { return nil }
        return unsafe data.loadUnaligned(fromByteOffset: offset, as: type)
    }

    /// `struct in_pktinfo`: the interface, the address to answer from, the one in the header.
    private static func readIPv4Information(
        _ data: UnsafeRawBufferPointer,
        _ metadata: inout DatagramMetadata
    ) {
        guard let information = unsafe load(data, in_pktinfo.self) else { return }
        metadata.interfaceIndex = UInt32(bitPattern: information.ipi_ifindex)
        metadata.localAddress = .v4(
            IPv4Address(bits: UInt32(bigEndian: information.ipi_spec_dst.s_addr))
        )
        metadata.destination = .v4(
            IPv4Address(bits: UInt32(bigEndian: information.ipi_addr.s_addr))
        )
    }

    /// `struct in6_pktinfo`: the address in the header and the interface.
    private static func readIPv6Information(
        _ data: UnsafeRawBufferPointer,
        _ metadata: inout DatagramMetadata
    ) {
        guard let high = unsafe load(data, UInt64.self),
            let low = unsafe load(data, at: 8, UInt64.self),
            let interface = unsafe load(data, at: 16, UInt32.self)
        else { return }
        metadata.interfaceIndex = interface
        let bits = (UInt64(bigEndian: high), UInt64(bigEndian: low))
        let plain = IPv6Address(highBits: bits.0, lowBits: bits.1)
        let address = IPv6Address(
            highBits: bits.0,
            lowBits: bits.1,
            zone: plain.isLinkLocal ? interface : 0
        )
        metadata.destination = .v6(address)
        // A group is nobody to answer from.
        metadata.localAddress = address.isMulticast ? nil : .v6(address)
    }

    // MARK: Writing

    /// Writes how a datagram is to be sent, and returns how many bytes that took: at most
    /// ``sendCapacity``, which `bytes` must have.
    ///
    /// `isIPv6` is whether it travels as IPv6, which to an IPv4 peer of a dual-stack socket it does
    /// not. Where that is not known, what concerns one family is written for both: the kernel skips
    /// the messages of the other.
    static func write(
        _ metadata: DatagramMetadata,
        isIPv6: Bool?,
        to bytes: UnsafeMutableRawBufferPointer
    ) -> Int {
        var size = 0
        switch metadata.localAddress {
        case .v6(let address):
            unsafe append(ipv6, CInt(IPV6_PKTINFO), size: 20, to: bytes, &size) { data in
                unsafe data.storeBytes(of: address.highBits.bigEndian, as: UInt64.self)
                unsafe data.storeBytes(
                    of: address.lowBits.bigEndian,
                    toByteOffset: 8,
                    as: UInt64.self
                )
                let index = metadata.interfaceIndex ?? address.zone
                unsafe data.storeBytes(of: index, toByteOffset: 16, as: UInt32.self)
            }
        case .v4(let address):
            unsafe appendIPv4Information(address, metadata.interfaceIndex, to: bytes, &size)
        case nil:
            guard let index = metadata.interfaceIndex else { break }
            if isIPv6 != false {
                unsafe append(ipv6, CInt(IPV6_PKTINFO), size: 20, to: bytes, &size) { data in
                    unsafe data.storeBytes(of: index, toByteOffset: 16, as: UInt32.self)
                }
            }
            if isIPv6 != true { unsafe appendIPv4Information(.any, index, to: bytes, &size) }
        }
        if isIPv6 != true {
            unsafe append((ip, CInt(IP_TTL)), metadata.hopLimit, to: bytes, &size)
            let traffic = metadata.trafficClass?.rawValue
            unsafe append((ip, CInt(IP_TOS)), traffic, to: bytes, &size)
        }
        if isIPv6 != false {
            unsafe append((ipv6, CInt(IPV6_HOPLIMIT)), metadata.hopLimit, to: bytes, &size)
            let traffic = metadata.trafficClass?.rawValue
            unsafe append((ipv6, CInt(IPV6_TCLASS)), traffic, to: bytes, &size)
        }
        if let segment = metadata.segmentSize {
            unsafe append((udp, Self.segment), UInt16(clamping: segment), to: bytes, &size)
        }
        return size
    }

    private static func appendIPv4Information(
        _ address: IPv4Address,
        _ interface: UInt32?,
        to bytes: UnsafeMutableRawBufferPointer,
        _ size: inout Int
    ) {
        let information = in_pktinfo(
            ipi_ifindex: CInt(bitPattern: interface ?? 0),
            ipi_spec_dst: in_addr(s_addr: address.bits.bigEndian),
            ipi_addr: in_addr(s_addr: 0)
        )
        unsafe append((ip, CInt(IP_PKTINFO)), information, to: bytes, &size)
    }

    /// Appends a byte as the integer the kernel wants, if there is one.
    private static func append(
        _ name: (level: CInt, type: CInt),
        _ byte: UInt8?,
        to bytes: UnsafeMutableRawBufferPointer,
        _ size: inout Int
    ) {
        guard let byte else { return }
        unsafe append(name, CInt(byte), to: bytes, &size)
    }

    private static func append<Value: BitwiseCopyable>(
        _ name: (level: CInt, type: CInt),
        _ value: Value,
        to bytes: UnsafeMutableRawBufferPointer,
        _ size: inout Int
    ) {
        unsafe append(
            name.level,
            name.type,
            size: MemoryLayout<Value>.size,
            to: bytes,
            &size
        ) { unsafe $0.storeBytes(of: value, as: Value.self) }
    }

    private static func append(
        _ level: CInt,
        _ type: CInt,
        size dataSize: Int,
        to bytes: UnsafeMutableRawBufferPointer,
        _ size: inout Int,
        _ body: (UnsafeMutableRawBufferPointer) -> Void
    ) {
        let whole = headerSize + dataSize
        let room = unsafe UnsafeMutableRawBufferPointer(
            rebasing: bytes[size..<size + aligned(whole)]
        )
        unsafe room.initializeMemory(as: UInt8.self, repeating: 0)
        var header = cmsghdr()
        header.cmsg_len = whole
        header.cmsg_level = level
        header.cmsg_type = type
        unsafe room.storeBytes(of: header, as: cmsghdr.self)
        unsafe body(UnsafeMutableRawBufferPointer(rebasing: room[headerSize...]))
        size += aligned(whole)
    }
}

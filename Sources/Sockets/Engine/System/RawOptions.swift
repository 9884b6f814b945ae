internal import Glibc

/// Options of raw sockets: zero, or an errno.
extension System {
    static func setIncludesHeader(_ fd: CInt, isIPv6: Bool) -> CInt {
        isIPv6
            ? setOption(fd, ipv6, 36, 1)  // IPV6_HDRINCL of linux/in6.h
            : setOption(fd, ip, CInt(IP_HDRINCL), 1)
    }

    /// Blocks every type of ICMP message but these.
    static func setICMPFilter(_ fd: CInt, isIPv6: Bool, accepting types: Set<UInt8>) -> CInt {
        // A bit set is a type that is blocked: 32 of ICMP (linux/icmp.h), 256 of ICMPv6 (RFC 3542
        // §3.2).
        var blocked = InlineArray<8, UInt32>(repeating: .max)
        for type in types { blocked[Int(type) / 32] &= ~(1 << (UInt32(type) % 32)) }
        let level = isIPv6 ? CInt(IPPROTO_ICMPV6) : SOL_RAW
        let size = isIPv6 ? 32 : 4
        return unsafe withUnsafeBytes(of: &blocked) {
            // 1 is ICMP_FILTER and ICMP6_FILTER alike.
            unsafe setsockopt(fd, level, 1, $0.baseAddress, socklen_t(size)) == 0 ? 0 : errno
        }
    }
}

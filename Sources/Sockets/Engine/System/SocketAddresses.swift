internal import CLinux
internal import Glibc

/// Between `SocketAddress` and the kernel's `sockaddr`.
extension System {
    /// Calls `body` with an address as bind(2) and connect(2) want it.
    static func withSockaddr<Result>(
        _ address: SocketAddress,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        var storage = sockaddr_storage()
        let size = unsafe withUnsafeMutableBytes(of: &storage) { bytes in
            unsafe write(address, to: bytes)
        }
        return unsafe withUnsafePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe body(pointer, socklen_t(size))
            }
        }
    }

    /// Reads what the kernel filled in; nil for a family that is not a socket address of ours.
    static func address(_ storage: inout sockaddr_storage, size: socklen_t) -> SocketAddress? {
        unsafe withUnsafeBytes(of: &storage) { bytes in
            unsafe Self.address(UnsafeRawBufferPointer(rebasing: bytes.prefix(Int(size))))
        }
    }

    /// getsockname(2).
    static func localAddress(_ fd: CInt) -> SocketAddress? {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe getsockname(fd, pointer, &size)
            }
        }
        return result == 0 ? address(&storage, size: size) : nil
    }

    /// getpeername(2).
    static func peerAddress(_ fd: CInt) -> SocketAddress? {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe getpeername(fd, pointer, &size)
            }
        }
        return result == 0 ? address(&storage, size: size) : nil
    }

    static func bind(_ fd: CInt, to address: SocketAddress) -> Int {
        unsafe withSockaddr(address) { pointer, size in
            retrying { unsafe Int(Glibc.bind(fd, pointer, size)) }
        }
    }

    /// connect(2); EINPROGRESS is the ordinary answer.
    static func connect(_ fd: CInt, to address: SocketAddress) -> Int {
        unsafe withSockaddr(address) { pointer, size in
            // Not retried on EINTR: the attempt goes on by itself, as after EINPROGRESS.
            unsafe Glibc.connect(fd, pointer, size) == 0 ? 0 : -Int(errno)
        }
    }

    /// accept4(2): the descriptor or a negated errno, and the peer's address.
    static func accept(_ fd: CInt) -> (result: Int, peer: SocketAddress?) {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = retrying { unsafe Int(clinux_accept4(fd, &storage, &size)) }
        return (result, result < 0 ? nil : address(&storage, size: size))
    }

    // MARK: The layouts of sockaddr_in, sockaddr_in6 and sockaddr_un

    /// The offset of `sun_path`.
    private static let pathOffset = MemoryLayout<sa_family_t>.size

    /// Writes an address and returns how many bytes it takes.
    static func write(
        _ address: SocketAddress,
        to bytes: UnsafeMutableRawBufferPointer
    ) -> Int {
        switch address {
        case .v4(let ip, let port):
            var native = sockaddr_in()
            native.sin_family = sa_family_t(AF_INET)
            native.sin_port = port.bigEndian
            native.sin_addr.s_addr = ip.bits.bigEndian
            unsafe bytes.storeBytes(of: native, as: sockaddr_in.self)
            return MemoryLayout<sockaddr_in>.size
        case .v6(let ip, let port):
            var native = sockaddr_in6()
            native.sin6_family = sa_family_t(AF_INET6)
            native.sin6_port = port.bigEndian
            native.sin6_scope_id = ip.zone
            unsafe withUnsafeMutableBytes(of: &native.sin6_addr) { destination in
                unsafe destination.storeBytes(of: ip.highBits.bigEndian, as: UInt64.self)
                unsafe destination.storeBytes(
                    of: ip.lowBits.bigEndian,
                    toByteOffset: 8,
                    as: UInt64.self
                )
            }
            unsafe bytes.storeBytes(of: native, as: sockaddr_in6.self)
            return MemoryLayout<sockaddr_in6>.size
        case .unix(let unix):
            unsafe bytes.storeBytes(of: sa_family_t(AF_UNIX), as: sa_family_t.self)
            // The memory is longer than any path, which ends with a NUL.
            let path = unix.socketPath
            unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[pathOffset...])
                .copyBytes(from: path)
            unsafe bytes.storeBytes(of: 0, toByteOffset: pathOffset + path.count, as: UInt8.self)
            return pathOffset + path.count + (path.isEmpty || path[0] == 0 ? 0 : 1)
        }
    }

    /// Reads what the kernel wrote; nil for a family that is not a socket address of ours.
    static func address(_ bytes: UnsafeRawBufferPointer) -> SocketAddress? {
        guard bytes.count >= MemoryLayout<sa_family_t>.size else { return nil }
        switch CInt(unsafe bytes.load(as: sa_family_t.self)) {
        case AF_INET where bytes.count >= MemoryLayout<sockaddr_in>.size:
            let native = unsafe bytes.loadUnaligned(as: sockaddr_in.self)
            return .v4(
                IPv4Address(bits: UInt32(bigEndian: native.sin_addr.s_addr)),
                port: UInt16(bigEndian: native.sin_port)
            )
        case AF_INET6 where bytes.count >= MemoryLayout<sockaddr_in6>.size:
            let native = unsafe bytes.loadUnaligned(as: sockaddr_in6.self)
            let (high, low) = unsafe withUnsafeBytes(of: native.sin6_addr) { raw in
                unsafe (
                    raw.loadUnaligned(as: UInt64.self),
                    raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
                )
            }
            return .v6(
                IPv6Address(
                    highBits: UInt64(bigEndian: high),
                    lowBits: UInt64(bigEndian: low),
                    zone: native.sin6_scope_id
                ),
                port: UInt16(bigEndian: native.sin6_port)
            )
        case AF_UNIX:
            return unsafe .unix(UnixAddress(socketPath: unsafe bytes.dropFirst(pathOffset)))
        default:
            return nil
        }
    }
}

extension AddressFamily {
    /// The number of the family in C.
    var number: CInt {
        switch self {
        case .ipv4: AF_INET
        case .ipv6: AF_INET6
        case .unix: AF_UNIX
        }
    }
}

extension SocketAddress {
    var isUnix: Bool { if case .unix = self { true } else { false } }

    /// Whether packets to it are of IPv6: an IPv4 address inside an IPv6 one travels as IPv4.
    var isIPv6OnTheWire: Bool {
        if case .v6(let ip, _) = self { ip.ipv4Mapped == nil } else { false }
    }
}

internal import CLinux
internal import Glibc

/// getsockopt(2) and setsockopt(2).
extension System {
    static let tcp = CInt(IPPROTO_TCP)
    static let ipv6 = CInt(IPPROTO_IPV6)

    static func option(
        _ fd: CInt,
        _ level: CInt,
        _ number: CInt
    ) -> Result<CInt, KernelError> {
        var value: CInt = 0
        var size = socklen_t(MemoryLayout<CInt>.size)
        return unsafe getsockopt(fd, level, number, &value, &size) == 0
            ? .success(value) : .failure(.init(number: errno))
    }

    static func setOption(_ fd: CInt, _ level: CInt, _ number: CInt, _ value: CInt) -> CInt {
        var value = value
        let size = socklen_t(MemoryLayout<CInt>.size)
        return unsafe setsockopt(fd, level, number, &value, size) == 0 ? 0 : errno
    }

    static func textOption(
        _ fd: CInt,
        _ level: CInt,
        _ number: CInt
    ) -> Result<String, KernelError> {
        var text = [UInt8](repeating: 0, count: 16)  // TCP_CA_NAME_MAX
        var size = socklen_t(text.count)
        guard unsafe getsockopt(fd, level, number, &text, &size) == 0 else {
            return .failure(.init(number: errno))
        }
        return .success(String(decoding: text.prefix { $0 != 0 }, as: UTF8.self))
    }

    static func setTextOption(
        _ fd: CInt,
        _ level: CInt,
        _ number: CInt,
        _ value: String
    ) -> CInt {
        let text = Array(value.utf8)
        return unsafe setsockopt(fd, level, number, text, socklen_t(text.count)) == 0 ? 0 : errno
    }

    /// Nil when lingering is off.
    static func linger(_ fd: CInt) -> Result<CInt?, KernelError> {
        var value = Glibc.linger()
        var size = socklen_t(MemoryLayout<Glibc.linger>.size)
        guard unsafe getsockopt(fd, SOL_SOCKET, SO_LINGER, &value, &size) == 0 else {
            return .failure(.init(number: errno))
        }
        return .success(value.l_onoff == 0 ? nil : value.l_linger)
    }

    @discardableResult
    static func setLinger(_ fd: CInt, seconds: CInt?) -> CInt {
        var value = Glibc.linger(l_onoff: seconds == nil ? 0 : 1, l_linger: seconds ?? 0)
        let size = socklen_t(MemoryLayout<Glibc.linger>.size)
        return unsafe setsockopt(fd, SOL_SOCKET, SO_LINGER, &value, size) == 0 ? 0 : errno
    }
}

internal import CLinux
internal import Glibc

extension System {
    /// getaddrinfo(3) for stream sockets; blocks.
    ///
    /// Duplicates are dropped.
    static func lookUp(_ name: String) -> Result<[SocketAddress], SocketError> {
        var hints = unsafe addrinfo()
        unsafe hints.ai_family = AF_UNSPEC
        unsafe hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_ADDRCONFIG
        var list: UnsafeMutablePointer<addrinfo>?
        let result = unsafe getaddrinfo(name, nil, &hints, &list)
        guard result == 0 else { return .failure(lookUpError(result, name)) }
        defer { unsafe freeaddrinfo(list) }
        var found: [SocketAddress] = []
        var next = unsafe list
        while let entry = unsafe next?.pointee {
            unsafe next = entry.ai_next
            guard let address = unsafe entry.ai_addr else { continue }
            var storage = sockaddr_storage()
            let size = unsafe min(Int(entry.ai_addrlen), MemoryLayout<sockaddr_storage>.size)
            unsafe withUnsafeMutableBytes(of: &storage) {
                unsafe $0.copyMemory(from: UnsafeRawBufferPointer(start: address, count: size))
            }
            if let value = self.address(&storage, size: socklen_t(size)), !found.contains(value) {
                found.append(value)
            }
        }
        guard !found.isEmpty else {
            return .failure(SocketError(.noAddress, in: .resolve, detail: name))
        }
        return .success(found)
    }

    /// getnameinfo(3), or nil if the address has no name; blocks.
    static func name(of ip: IPAddress) -> String? {
        var storage = sockaddr_storage()
        return unsafe withUnsafeMutableBytes(of: &storage) { memory in
            let size = unsafe write(SocketAddress(ip, port: 0), to: memory)
            let capacity = Int(NI_MAXHOST)
            return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: capacity) {
                name in
                let result = unsafe getnameinfo(
                    memory.baseAddress?.assumingMemoryBound(to: sockaddr.self),
                    socklen_t(size),
                    name.baseAddress,
                    socklen_t(capacity),
                    nil,
                    0,
                    NI_NAMEREQD
                )
                guard result == 0, let start = name.baseAddress else { return nil }
                return unsafe String(cString: start)
            }
        }
    }

    private static func lookUpError(_ result: CInt, _ name: String) -> SocketError {
        let saved = errno
        let code: SocketError.Code =
            switch result {
            case EAI_NONAME: .nameNotFound
            case clinux_eai_addrfamily(), clinux_eai_nodata(): .noAddress
            default: .resolutionFailed
            }
        let words = unsafe gai_strerror(result).map { unsafe String(cString: $0) } ?? ""
        return SocketError(
            code,
            in: .resolve,
            errno: result == EAI_SYSTEM ? saved : 0,
            detail: "\(name): \(words)"
        )
    }
}

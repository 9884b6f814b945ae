internal import CLinux
internal import Glibc

extension StreamListener {
    /// The listeners that systemd has opened for this process: sd_listen_fds(3).
    ///
    /// Reads `LISTEN_PID` and `LISTEN_FDS`, and `LISTEN_FDNAMES` for the names. Descriptors that are
    /// no listening stream sockets are left alone. Empty when the process was not activated, and on
    /// a second call: each descriptor has one owner.
    ///
    /// - Parameters:
    ///   - name: Only the sockets of this `FileDescriptorName=`.
    ///   - loops: The loops that will look after them.
    ///   - configuration: How they behave.
    /// - Returns: The listeners, in the service manager's order.
    /// - Throws: ``SocketError`` for an environment that makes no sense.
    public static func activated(
        named name: String? = nil,
        loops: EventLoopGroup = .shared,
        _ configuration: Configuration = .init()
    ) throws(SocketError) -> [StreamListener] {
        guard System.environment("LISTEN_PID").flatMap({ pid_t($0) }) == getpid() else { return [] }
        guard let count = System.environment("LISTEN_FDS").flatMap({ CInt($0) }), count >= 0,
            count <= activatedLimit
        else {
            throw SocketError(
                .invalidArgument,
                in: .activate,
                detail: "LISTEN_FDS is no number from 0 to \(activatedLimit)"
            )
        }
        let names = (System.environment("LISTEN_FDNAMES") ?? "")
            .split(separator: ":", omittingEmptySubsequences: false)
        var listeners: [StreamListener] = []
        for offset in 0..<count {
            let descriptor = firstActivated + offset
            let ownName = Int(offset) < names.count ? String(names[Int(offset)]) : "unknown"
            guard name == nil || ownName == name, System.isListeningStream(descriptor),
                taken.withLock({ $0.insert(descriptor).inserted }),
                let address = System.localAddress(descriptor)
            else { continue }
            let result = System.makeNonBlocking(descriptor)
            guard result >= 0 else {
                throw SocketError(
                    .init(errno: CInt(-result)),
                    in: .activate,
                    local: address,
                    errno: CInt(-result)
                )
            }
            listeners.append(
                try StreamListener(
                    StreamSocket(Descriptor(descriptor), loops: loops),
                    localAddress: address,
                    configuration: configuration,
                    ownsFile: false
                )
            )
        }
        return listeners
    }

    /// SD_LISTEN_FDS_START.
    private static let firstActivated: CInt = 3

    /// More are taken for a mistake in the environment.
    ///
    /// Arbitrary.
    private static let activatedLimit: CInt = 1024

    /// The descriptors that have an owner already.
    private static let taken = Lock<Set<CInt>>([])
}

extension System {
    /// Whether a descriptor is a stream socket that listens.
    static func isListeningStream(_ fd: CInt) -> Bool {
        guard case .success(let type) = option(fd, SOL_SOCKET, SO_TYPE),
            type == CInt(SOCK_STREAM.rawValue),
            case .success(let listens) = option(fd, SOL_SOCKET, SO_ACCEPTCONN)
        else { return false }
        return listens != 0
    }

    /// O_NONBLOCK and FD_CLOEXEC on a descriptor that came from elsewhere: fcntl(2).
    static func makeNonBlocking(_ fd: CInt) -> Int {
        let flags = fcntl(fd, F_GETFL)
        guard flags >= 0, fcntl(fd, F_SETFL, flags | O_NONBLOCK) >= 0,
            fcntl(fd, F_SETFD, FD_CLOEXEC) >= 0
        else { return -Int(errno) }
        return 0
    }
}

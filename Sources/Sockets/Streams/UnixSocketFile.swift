internal import Glibc

/// The file a Unix listener leaves in the file system.
struct UnixSocketFile: Sendable {
    private let path: String
    private let device: dev_t
    private let inode: ino_t

    /// The file just bound, nil for addresses that have none.
    init?(boundTo address: SocketAddress) {
        guard case .unix(let unix) = address, let path = unix.path,
            let status = System.fileStatus(path)
        else { return nil }
        self.path = path
        device = status.st_dev
        inode = status.st_ino
    }

    /// Removes the file, unless somebody has put another in its place.
    func remove() {
        guard let now = System.fileStatus(path), now.st_dev == device, now.st_ino == inode else {
            return
        }
        _ = unsafe unlink(path)
    }

    /// Removes a socket file that nobody listens on any more.
    ///
    /// Leaves everything else alone: a live listener or a file that is no socket makes bind(2) fail
    /// with its own error. `create` makes a socket of the type that would listen there.
    static func removeStale(
        at address: SocketAddress,
        probingWith create: (_ family: CInt) -> Int = System.createStream(family:)
    ) throws(SocketError) {
        guard case .unix(let unix) = address, let path = unix.path,
            let status = System.fileStatus(path), status.st_mode & S_IFMT == S_IFSOCK
        else { return }
        let probe = create(AF_UNIX)
        guard probe >= 0 else {
            throw SocketError(.init(errno: CInt(-probe)), in: .listen, errno: CInt(-probe))
        }
        let descriptor = Descriptor(CInt(probe))
        let answer = System.connect(descriptor.number, to: address)
        // Refused: the file is there and nobody behind it.
        if answer == -Int(ECONNREFUSED) { _ = unsafe unlink(path) }
    }
}

extension System {
    static func fileStatus(_ path: String) -> stat? {
        var status = stat()
        return unsafe lstat(path, &status) == 0 ? status : nil
    }

    /// Whether an error of accept4(2) is that of the connection and not of the listener
    /// (accept(2), "Error handling").
    static func isOfOneConnection(_ error: CInt) -> Bool {
        switch error {
        case ECONNABORTED, EPROTO, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH,
            EOPNOTSUPP, ENETUNREACH, EPERM:
            true
        default: false
        }
    }
}

internal import CLinux

/// Who is at the other end of a Unix connection: SO_PEERCRED (unix(7)).
///
/// As the kernel noted them when the peer called connect(2), listen(2) or socketpair(2): the peer
/// cannot forge them, and they do not follow it when it changes its user, or hands its end to
/// another process.
public struct PeerCredentials: Sendable, Hashable {
    /// The process (pid); 0 when it is of another PID namespace.
    ///
    /// The number of a process that has ended may be another's by now: decide by ``userID``.
    public let processID: Int32

    /// Its effective user (uid); the overflow user, 65534, when this user namespace has no number
    /// for it.
    public let userID: UInt32

    /// Its effective group (gid), like ``userID``.
    public let groupID: UInt32
}

extension StreamConnection {
    /// Who is at the other end of a Unix connection: getsockopt(2), SO_PEERCRED.
    ///
    /// ```swift
    /// guard try connection.peerCredentials().userID == 0 else { return }
    /// ```
    ///
    /// - Throws: ``SocketError/Code/unsupported`` on a TCP connection; ``SocketError/Code/closed``.
    public func peerCredentials() throws(SocketError) -> PeerCredentials {
        // TCP answers too, with nobody.
        guard peerAddress.isUnix else {
            throw failure(.unsupported, .getOption, detail: "SO_PEERCRED is of Unix sockets only")
        }
        guard let answer = socket.withNumber({ System.peerCredentials($0) }) else {
            throw failure(.closed, .getOption)
        }
        switch answer {
        case .success(let credentials): return credentials
        case .failure(let error): throw failure(.getOption, errno: -Int(error.number))
        }
    }
}

extension System {
    static func peerCredentials(_ fd: CInt) -> Result<PeerCredentials, KernelError> {
        var processID: Int32 = 0
        var userID: UInt32 = 0
        var groupID: UInt32 = 0
        let result = retrying {
            unsafe Int(clinux_peer_credentials(fd, &processID, &userID, &groupID))
        }
        guard result >= 0 else { return .failure(.init(number: CInt(-result))) }
        return .success(.init(processID: processID, userID: userID, groupID: groupID))
    }
}

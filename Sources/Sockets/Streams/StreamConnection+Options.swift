internal import CLinux
internal import Glibc

extension StreamConnection {
    /// Reads an option: getsockopt(2).
    public func get<Value>(_ option: SocketOption<Value>) throws(SocketError) -> Value {
        try getOption(option)
    }

    /// Sets an option: setsockopt(2).
    ///
    /// Linux doubles buffer sizes and rounds some times.
    public func set<Value>(
        _ option: SocketOption<Value>,
        to value: Value
    ) throws(SocketError) {
        try setOption(option, to: value)
    }

    /// What the kernel knows of a TCP connection (TCP_INFO).
    ///
    /// Fails with ``SocketError/Code/unsupported`` for a Unix socket.
    public func tcpInformation() throws(SocketError) -> TCPInformation {
        try withDescriptor(.getOption) { number throws(SocketError) in
            guard let information = TCPInformation(descriptor: number) else {
                throw SocketError(.unsupported, in: .getOption, detail: "TCP_INFO")
            }
            return information
        }
    }

    /// Bytes sent and not yet acknowledged by the peer's kernel (SIOCOUTQ, ioctl(2)).
    public func unsentCount() throws(SocketError) -> Int {
        try queueSize(clinux_siocoutq())
    }

    /// Bytes received by the kernel and not yet by the program (SIOCINQ, ioctl(2)).
    public func unreadCount() throws(SocketError) -> Int {
        try queueSize(clinux_siocinq())
    }

    private func queueSize(_ request: UInt) throws(SocketError) -> Int {
        let result = try withDescriptor(.getOption) { System.queueSize($0, request) }
        guard result >= 0 else { throw failure(.getOption, errno: result) }
        return result
    }
}

internal import CLinux
internal import Glibc

/// The system calls of stream sockets.
///
/// With its neighbours in this folder, the only place that reads `errno` or sees a `sockaddr`: a
/// result is the count, or the errno negated, as the kernel itself returns it. EINTR is retried
/// here and nowhere else.
enum System {
    /// The count, or a negated errno.
    @inline(__always)
    static func retrying(_ call: () -> Int) -> Int {
        while true {
            let result = call()
            if result >= 0 { return result }
            let error = errno
            if error != EINTR { return -Int(error) }
        }
    }

    /// Whether a result means "not now".
    @inline(__always)
    static func wouldBlock(_ result: Int) -> Bool { result == -Int(EAGAIN) }

    /// Whether a result means that there is no connection (any more).
    static func isNotConnected(_ result: Int) -> Bool { result == -Int(ENOTCONN) }

    static func receive(_ fd: CInt, _ memory: UnsafeMutableRawPointer, _ size: Int) -> Int {
        retrying { unsafe clinux_receive(fd, memory, size, 0) }
    }

    static func peek(_ fd: CInt, _ memory: UnsafeMutableRawPointer, _ size: Int) -> Int {
        retrying { unsafe clinux_receive(fd, memory, size, CInt(MSG_PEEK)) }
    }

    static func send(_ fd: CInt, _ memory: UnsafeRawPointer, _ size: Int) -> Int {
        // A peer that is gone is an error of this call, not a signal to the process.
        retrying { unsafe clinux_send(fd, memory, size) }
    }

    static func send(_ fd: CInt, _ vectors: UnsafeMutableBufferPointer<iovec>) -> Int {
        var message = unsafe msghdr()
        unsafe message.msg_iov = vectors.baseAddress
        unsafe message.msg_iovlen = vectors.count
        return retrying { unsafe sendmsg(fd, &message, clinux_send_flags()) }
    }

    static func shutdownSending(_ fd: CInt) -> Int {
        retrying { Int(shutdown(fd, CInt(SHUT_WR))) }
    }

    /// SO_ERROR: the pending error, zero for none, or a negated errno.
    static func pendingError(_ fd: CInt) -> CInt {
        var value: CInt = 0
        var size = socklen_t(MemoryLayout<CInt>.size)
        let result = unsafe getsockopt(fd, SOL_SOCKET, SO_ERROR, &value, &size)
        return result == 0 ? value : errno
    }

    /// SIOCINQ or SIOCOUTQ: bytes not yet read, or not yet acknowledged.
    static func queueSize(_ fd: CInt, _ request: UInt) -> Int {
        var value: CInt = 0
        return retrying { unsafe Int(clinux_ioctl_int(fd, request, &value)) } < 0
            ? -Int(errno) : Int(value)
    }

    /// Usable descriptors, of SOCK_STREAM.
    static func createStream(family: CInt) -> Int {
        retrying { Int(socket(family, clinux_stream_type(), 0)) }
    }

    /// Two connected Unix sockets: socketpair(2).
    static func createPair(type: CInt) throws(SocketError) -> (CInt, CInt) {
        var numbers: (CInt, CInt) = (-1, -1)
        let result = retrying {
            unsafe withUnsafeMutableBytes(of: &numbers) {
                let pair = unsafe $0.assumingMemoryBound(to: CInt.self)
                return unsafe Int(socketpair(AF_UNIX, type, 0, pair.baseAddress))
            }
        }
        guard result >= 0 else {
            throw SocketError(.init(errno: CInt(-result)), in: .create, errno: CInt(-result))
        }
        return numbers
    }

    static func listen(_ fd: CInt, backlog: CInt) -> Int {
        retrying { Int(Glibc.listen(fd, backlog)) }
    }

    /// How many CPUs the process may use: its affinity mask, which `taskset` and containers set.
    static var usableCPUs: Int { max(1, Int(clinux_usable_cpus())) }

    /// The identity of the running task, zero outside of one.
    ///
    /// Only to be compared.
    @inline(__always)
    static var currentTask: UInt { unsafe UInt(bitPattern: swift_task_getCurrent()) }

    /// Whether the running task is cancelled, like `Task.isCancelled`.
    @inline(__always)
    static var isCancelled: Bool {
        guard let task = unsafe swift_task_getCurrent() else { return false }
        return unsafe swift_task_isCancelled(task)
    }
}

internal import CLinux
internal import Glibc

/// The error queue of a socket: recvmsg(2) with MSG_ERRQUEUE.
extension System {
    /// What was taken out of an error queue.
    enum ErrorQueueEntry {
        /// Nothing; the queue is empty.
        case none
        /// What the call that caused it has returned already, or something else than an error; with
        /// the largest packet this machine sends there, if it is about that.
        case known(sizeLimit: Int?)
        case error(DatagramError)
    }

    /// Takes the oldest entry out.
    static func receiveError(_ fd: CInt) -> ErrorQueueEntry {
        var head = MessageHead()
        var payload = InlineArray<128, UInt8>(repeating: 0)
        let result = unsafe withUnsafeMutableBytes(of: &payload) {
            unsafe receiveMessage(fd, $0, &head, flags: clinux_msg_error_queue())
        }
        guard result >= 0 else { return .none }
        let destination = head.source
        var bytes: [UInt8] = []
        for index in 0..<min(result, payload.count) { bytes.append(payload[index]) }
        return unsafe head.withControl {
            unsafe entry($0, destination: destination, payload: bytes)
        }
    }

    private static func entry(
        _ control: UnsafeRawBufferPointer,
        destination: SocketAddress?,
        payload: [UInt8]
    ) -> ErrorQueueEntry {
        var found: (extended: sock_extended_err, reporter: IPAddress?)?
        unsafe ControlMessages.forEach(in: control) { level, type, data in
            let isError =
                level == CInt(IPPROTO_IP) && type == CInt(IP_RECVERR)
                || level == CInt(IPPROTO_IPV6) && type == CInt(IPV6_RECVERR)
            let size = MemoryLayout<sock_extended_err>.size
            guard isError, data.count >= size else { return }
            // The address of who reported it follows (SO_EE_OFFENDER).
            let offender = unsafe UnsafeRawBufferPointer(rebasing: data[size...])
            found = unsafe (
                data.loadUnaligned(as: sock_extended_err.self), address(offender)?.ip
            )
        }
        guard let (extended, reporter) = found else { return .known(sizeLimit: nil) }
        let errno = CInt(bitPattern: extended.ee_errno)
        let isICMP6 = extended.ee_origin == SO_EE_ORIGIN_ICMP6
        let sizeLimit = errno == EMSGSIZE && extended.ee_info > 0 ? Int(extended.ee_info) : nil
        guard isICMP6 || extended.ee_origin == SO_EE_ORIGIN_ICMP else {
            return .known(sizeLimit: sizeLimit)
        }
        let error = DatagramError(
            code: .init(errno: errno),
            errno: errno,
            destination: destination,
            reporter: reporter,
            icmp: .init(isIPv6: isICMP6, type: extended.ee_type, code: extended.ee_code),
            pathMTU: sizeLimit,
            payload: payload,
            metadata: unsafe ControlMessages.read(control)
        )
        return .error(error)
    }
}

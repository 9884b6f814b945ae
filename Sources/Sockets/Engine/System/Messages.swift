internal import CLinux
internal import Glibc

/// recvmsg(2), sendmsg(2) and their forms for many messages in one call.
extension System {
    /// The most bytes an address takes, of any family.
    static let addressCapacity = MemoryLayout<sockaddr_storage>.size

    /// The address and the control messages of one message, in memory of this call's.
    @safe struct MessageHead {
        var address = sockaddr_storage()
        var addressSize: socklen_t = 0
        /// As much as the control messages of one datagram need; see ``ControlMessages``.
        ///
        /// Most of all an error of an IPv4 peer on a dual-stack socket that reports everything: time
        /// 32, drops 24, both families' pktinfo 32 and 40, TTL 24, TOS 24, segment 24, error 64.
        var control = InlineArray<34, UInt64>(repeating: 0)
        static let controlCapacity = 34 * MemoryLayout<UInt64>.size
        var controlSize = 0
        var flags: CInt = 0

        var isTruncated: Bool { flags & clinux_msg_truncated() != 0 }

        /// Reads who the message is from.
        var source: SocketAddress? {
            mutating get { System.address(&address, size: addressSize) }
        }

        /// Reads what a packet socket says of the message's link.
        var link: LinuxCookedHeader? {
            mutating get {
                let size = Int(addressSize)
                return unsafe withUnsafeBytes(of: &address) {
                    unsafe System.linkHeader(UnsafeRawBufferPointer(rebasing: $0.prefix(size)))
                }
            }
        }

        /// Calls `body` with the control messages.
        mutating func withControl<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
            let size = controlSize
            return unsafe withUnsafeBytes(of: &control) {
                unsafe body(UnsafeRawBufferPointer(rebasing: $0.prefix(size)))
            }
        }
    }

    /// Receives one message; the result is its real size, which may be more than the memory's.
    ///
    /// MSG_TRUNC among the flags asks for that. With `mayCarryDescriptors` those that come are closed
    /// on exec; only Unix sockets have any, and packet sockets refuse to be asked.
    static func receiveMessage(
        _ fd: CInt,
        _ memory: UnsafeMutableRawBufferPointer,
        _ head: inout MessageHead,
        flags: CInt = clinux_msg_truncated(),
        mayCarryDescriptors: Bool = false
    ) -> Int {
        let flags = mayCarryDescriptors ? flags | clinux_msg_close_on_exec() : flags
        var vector = unsafe iovec(iov_base: memory.baseAddress, iov_len: memory.count)
        var message = unsafe msghdr()
        return unsafe withUnsafeMutablePointer(to: &head) { head in
            unsafe withUnsafeMutablePointer(to: &vector) { vector in
                unsafe message.msg_iov = vector
                unsafe message.msg_iovlen = 1
                let result = retrying {
                    unsafe message.msg_name = UnsafeMutableRawPointer(
                        head.pointer(to: \.address).unsafelyUnwrapped
                    )
                    unsafe message.msg_namelen = socklen_t(MemoryLayout<sockaddr_storage>.size)
                    unsafe message.msg_control = UnsafeMutableRawPointer(
                        head.pointer(to: \.control).unsafelyUnwrapped
                    )
                    unsafe message.msg_controllen = MessageHead.controlCapacity
                    return unsafe clinux_receive_message(fd, &message, flags)
                }
                unsafe head.pointee.addressSize = message.msg_namelen
                unsafe head.pointee.controlSize = message.msg_controllen
                unsafe head.pointee.flags = message.msg_flags
                return result
            }
        }
    }

    /// Sends one message, to an address or to the socket's peer.
    static func sendMessage(
        _ fd: CInt,
        _ bytes: UnsafeRawBufferPointer,
        to address: SocketAddress?,
        control: UnsafeMutableRawBufferPointer
    ) -> Int {
        var vector = unsafe iovec(
            iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress),
            iov_len: bytes.count
        )
        var message = unsafe msghdr()
        if control.count > 0 {
            unsafe message.msg_control = control.baseAddress
            unsafe message.msg_controllen = control.count
        }
        return unsafe withUnsafeMutablePointer(to: &vector) { vector in
            unsafe message.msg_iov = vector
            unsafe message.msg_iovlen = 1
            guard let address else {
                return retrying { unsafe clinux_send_message(fd, &message) }
            }
            return unsafe withSockaddr(address) { pointer, size in
                unsafe message.msg_name = UnsafeMutableRawPointer(mutating: pointer)
                unsafe message.msg_namelen = size
                return retrying { unsafe clinux_send_message(fd, &message) }
            }
        }
    }

    /// Receives as many messages as there are, at most `count`, without waiting for more.
    static func receiveMessages(
        _ fd: CInt,
        _ messages: UnsafeMutablePointer<clinux_message>,
        _ count: Int,
        mayCarryDescriptors: Bool
    ) -> Int {
        let flags =
            clinux_msg_truncated() | (mayCarryDescriptors ? clinux_msg_close_on_exec() : 0)
        return retrying {
            unsafe Int(clinux_receive_messages(fd, messages, UInt32(count), flags))
        }
    }

    /// Sends messages until one fails; an error is that of the first.
    static func sendMessages(
        _ fd: CInt,
        _ messages: UnsafeMutablePointer<clinux_message>,
        _ count: Int
    ) -> Int {
        retrying { unsafe Int(clinux_send_messages(fd, messages, UInt32(count))) }
    }

    /// Datagram sockets: a usable descriptor, or a negated errno.
    static func createDatagram(family: CInt, protocolNumber: CInt = 0) -> Int {
        retrying { Int(socket(family, clinux_datagram_type(), protocolNumber)) }
    }

    /// Raw sockets: a usable descriptor, or a negated errno.
    static func createRaw(family: CInt, protocolNumber: CInt) -> Int {
        retrying { Int(socket(family, clinux_raw_type(), protocolNumber)) }
    }
}

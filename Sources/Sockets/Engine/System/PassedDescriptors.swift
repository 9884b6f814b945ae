internal import CLinux
internal import Glibc

/// recvmsg(2) and sendmsg(2) of Unix sockets: descriptors, and the borders they make.
extension System {
    /// recvmsg(2): the count, and whether the call stopped at a border.
    ///
    /// A stream's receive never goes on past a message with descriptors, nor past a change of the
    /// sender where somebody asked for credentials; a short one then says nothing about the queue.
    @inline(__always)
    static func receiveToBorder(
        _ fd: CInt,
        _ memory: UnsafeMutableRawPointer,
        _ size: Int
    ) -> (result: Int, isBorder: Bool) {
        var said: CInt = 0
        let result = retrying { unsafe clinux_receive_to_border(fd, memory, size, &said) }
        // Set because there was no room for a control message: what was in it, the kernel closed.
        return (result, said & clinux_msg_control_truncated() != 0)
    }

    /// recvmsg(2): the count, or with `wholeSize` that of the message although it did not fit; and
    /// what became of the descriptors.
    static func receive(
        _ fd: CInt,
        _ memory: UnsafeMutableRawPointer,
        _ size: Int,
        wholeSize: Bool = false,
        _ descriptors: inout ReceivedDescriptors
    ) -> (result: Int, arrival: ReceivedDescriptors.Arrival) {
        unsafe withUnsafeTemporaryAllocation(
            of: CInt.self,
            capacity: Int(CLINUX_SCM_MAX_FD)
        ) { numbers in
            var said: CInt = 0
            var count = 0
            let result = retrying {
                unsafe clinux_receive_descriptors(
                    fd,
                    memory,
                    size,
                    wholeSize ? clinux_msg_truncated() : 0,
                    &said,
                    numbers.baseAddress,
                    &count
                )
            }
            let arrival = unsafe descriptors.append(
                UnsafeBufferPointer(rebasing: numbers[..<count]),
                isComplete: said & clinux_msg_control_truncated() == 0
            )
            return (result, arrival)
        }
    }

    /// sendmsg(2) with descriptors, at most ``ReceivedDescriptors/sendLimit``.
    static func send(
        _ fd: CInt,
        _ memory: UnsafeRawPointer,
        _ size: Int,
        passing descriptors: [CInt]
    ) -> Int {
        retrying {
            unsafe clinux_send_descriptors(fd, memory, size, descriptors, descriptors.count)
        }
    }
}

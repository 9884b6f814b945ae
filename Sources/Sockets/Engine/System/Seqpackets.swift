internal import CLinux
internal import Glibc

/// The system calls of Unix sequenced-packet sockets.
extension System {
    static func createSeqpacket() -> Int {
        retrying { Int(socket(AF_UNIX, clinux_seqpacket_type(), 0)) }
    }

    /// recv(2) of a message: its whole size, also when it did not fit (MSG_TRUNC).
    static func receivePacket(
        _ fd: CInt,
        _ memory: UnsafeMutableRawPointer,
        _ size: Int
    ) -> Int {
        retrying { unsafe clinux_receive(fd, memory, size, clinux_msg_truncated()) }
    }

    /// The whole size of the next message, which stays where it is (MSG_PEEK).
    static func packetSize(_ fd: CInt) -> Int {
        retrying { clinux_receive(fd, nil, 0, clinux_msg_peek() | clinux_msg_truncated()) }
    }

    /// Whether a receive that gave nothing was the end, and not an empty message.
    ///
    /// The kernel says nothing in both cases. The end it is when the peer has finished and no byte
    /// is left in the queue.
    static func isAtEnd(_ fd: CInt) -> Bool {
        var entry = pollfd(fd: fd, events: clinux_pollrdhup(), revents: 0)
        let hasFinished = retrying { unsafe Int(poll(&entry, 1, 0)) } > 0
        return hasFinished && queueSize(fd, clinux_siocinq()) == 0
    }
}

internal import CLinux
internal import Glibc

/// Fewer and larger steps for a transfer that is faster than its wake-ups.
///
/// A receiver that is woken by every segment pays for a wake-up what a hundred kilobytes cost, and
/// its sender pays as much for waking it. So once a burst has shown that there is plenty, the next
/// wait asks for more at once, and looks by itself after a short pause: nothing is delayed longer
/// than that, and a stream that is not in a burst is not delayed at all. (Network cards do the same
/// and call it interrupt coalescing.) Doubled the bytes a second here.
struct Batching {
    /// Moved since the last wait, in bytes, this shows a burst.
    ///
    /// A quarter of a pipe: what comes within one pause at 256 MB/s.
    private static let burstSize = 1 << 18

    /// What a wait for a socket asks for at least, in bytes (SO_RCVLOWAT).
    ///
    /// Larger was no faster.
    private static let lowWater = CInt(1 << 20)

    /// The longest a byte is kept waiting, for a socket.
    static let socketPause = Duration.milliseconds(1)

    /// The same for a pipe, which has no low-water mark: less than the kernel's largest pipe takes
    /// to fill at 5 GB/s.
    static let pipePause = Duration.microseconds(200)

    private var burst = 0

    /// Whether the socket has a low-water mark of ours.
    private(set) var isAsking = false

    mutating func take(_ count: Int) { burst += count }

    /// Called when nothing is left to move: whether so much came since the last call that waiting a
    /// little is better than being woken.
    mutating func endBurst() -> Bool {
        defer { burst = 0 }
        return burst >= Self.burstSize
    }

    mutating func ask(_ descriptor: CInt) {
        if !isAsking { isAsking = System.setLowWater(descriptor, Self.lowWater) == 0 }
    }

    /// Back to a wake-up for every byte.
    mutating func stopAsking(_ descriptor: CInt) {
        if isAsking { _ = System.setLowWater(descriptor, 1) }
        isAsking = false
    }
}

extension System {
    fileprivate static func setLowWater(_ descriptor: CInt, _ size: CInt) -> CInt {
        setOption(descriptor, SOL_SOCKET, SO_RCVLOWAT, size)
    }
}

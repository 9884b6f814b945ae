import Glibc
import Packets
import Sockets

/// What a capture had.
struct CaptureTally: Sendable {
    private(set) var packetCount = 0
    /// On the wire, from the network's header on.
    private(set) var byteCount = 0
    private(set) var kinds = ProtocolTally()

    /// Of the whole capture.
    var duration = Duration.zero
    /// By the kernel.
    var droppedCount = 0
    /// By those who are too slow; of the file nil when it could not be written.
    var unshownCount = 0
    var unwrittenCount: Int? = 0

    mutating func add(_ packet: ReceivedPacket, _ bytes: RawSpan) {
        packetCount += 1
        byteCount += packet.size
        kinds.add(packet.layers(bytes), size: packet.size)
    }
}

extension UInt64 {
    /// The time by the system's clock, in nanoseconds since 1970.
    static var now: UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return UInt64(clamping: time.tv_sec) &* 1_000_000_000 &+ UInt64(clamping: time.tv_nsec)
    }
}

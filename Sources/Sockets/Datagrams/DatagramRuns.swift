internal import CLinux
internal import Glibc

/// The runs of a batch: consecutive datagrams of one size for one peer, each run sent as one message
/// that the kernel cuts into those datagrams again (UDP_SEGMENT).
///
/// What is on the wire is the same, in the same order. The way through the kernel, which is most of
/// what a small datagram costs, is gone once for a run: 64 datagrams of 64 bytes cost what three
/// cost one by one.
@safe struct DatagramRuns: ~Copyable {
    // Invariant: `messages` has `capacity` messages, of which `count` are valid, and `controls` a
    // control message for each.
    private let messages: UnsafeMutablePointer<clinux_message>
    private let controls: UnsafeMutableRawPointer
    private let capacity: Int
    private var count = 0

    /// The kernel's limits: UDP_MAX_SEGMENTS (128 from Linux 6.9 on), and UDP's over IPv4.
    private static let lengthLimit = 64
    private static let sizeLimit = 65_507

    /// What the control message of one run takes: CMSG_SPACE of its 16 bits.
    private static let controlSize = 24

    init(capacity: Int) {
        self.capacity = capacity
        unsafe messages = .allocate(capacity: capacity)
        unsafe controls = .allocate(byteCount: capacity * Self.controlSize, alignment: 8)
    }

    deinit {
        unsafe messages.deallocate()
        unsafe controls.deallocate()
    }

    /// Divides datagrams into runs, and says whether any has more than one.
    ///
    /// The vectors of consecutive datagrams must be consecutive too.
    mutating func divide(_ datagrams: UnsafeMutablePointer<clinux_message>, _ total: Int) -> Bool {
        precondition(total <= capacity, "more datagrams than the batch has")
        count = 0
        var index = 0
        while index < total {
            let first = unsafe datagrams + index
            let length = unsafe Self.length(first, total - index)
            var message = unsafe first.pointee
            if length > 1 {
                let control = unsafe UnsafeMutableRawBufferPointer(
                    start: controls + count * Self.controlSize,
                    count: Self.controlSize
                )
                let segment = unsafe Int(first.pointee.size)
                unsafe message.header.msg_iovlen = length
                unsafe message.header.msg_control = control.baseAddress
                unsafe message.header.msg_controllen = ControlMessages.write(
                    DatagramMetadata(segmentSize: segment),
                    isIPv6: nil,
                    to: control
                )
            }
            unsafe (messages + count).initialize(to: message)
            count += 1
            index += length
        }
        return count < total
    }

    /// Calls `send` with the runs, and returns how many datagrams those have that it sent, or its
    /// negative result.
    func transmit(_ send: (UnsafeMutablePointer<clinux_message>, Int) -> Int) -> Int {
        let result = unsafe send(messages, count)
        guard result > 0 else { return result }
        var sum = 0
        for index in 0..<result { sum += unsafe Int(messages[index].header.msg_iovlen) }
        return sum
    }

    /// How many datagrams from this one on are one run.
    private static func length(_ first: UnsafeMutablePointer<clinux_message>, _ total: Int) -> Int {
        let size = unsafe Int(first.pointee.size)
        guard size > 0, unsafe first.pointee.header.msg_controllen == 0 else { return 1 }
        let limit = min(total, lengthLimit, sizeLimit / size)
        var length = 1
        while length < limit {
            let next = unsafe first + length
            let nextSize = unsafe Int(next.pointee.size)
            guard nextSize > 0, nextSize <= size, unsafe isSameWay(first, next) else { break }
            length += 1
            // Only the last may be shorter.
            if nextSize < size { break }
        }
        return length
    }

    /// Whether two datagrams are for the same peer, and nothing else is said of the second.
    private static func isSameWay(
        _ one: UnsafeMutablePointer<clinux_message>,
        _ other: UnsafeMutablePointer<clinux_message>
    ) -> Bool {
        let nameSize = unsafe one.pointee.header.msg_namelen
        guard unsafe other.pointee.header.msg_controllen == 0,
            unsafe other.pointee.header.msg_namelen == nameSize
        else { return false }
        guard nameSize > 0 else { return true }
        return unsafe memcmp(
            one.pointee.header.msg_name,
            other.pointee.header.msg_name,
            Int(nameSize)
        ) == 0
    }
}

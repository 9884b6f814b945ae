internal import CLinux
internal import Glibc

/// Memory for many datagrams, received or sent by one system call (recvmmsg(2), sendmmsg(2)).
///
/// It is allocated once and used again and again: nothing is allocated for a datagram. Received
/// datagrams may be sent as they are, and go back to where they came from.
///
/// ```swift
/// var batch = DatagramBatch(capacity: 64, datagramSize: 2048)
/// while true {
///     try await socket.receive(into: &batch)
///     try await socket.send(&batch)  // an echo
/// }
/// ```
///
/// Not copyable, and not shared: it belongs to one task.
@safe public struct DatagramBatch: ~Copyable {
    // Invariant: 0 <= start <= end <= capacity; the datagrams are those from `start` to `end`. Each
    // message points to its own vector, address, control messages and bytes, all in `memory`.
    private let memory: UnsafeMutableRawPointer
    private let messages: UnsafeMutablePointer<clinux_message>
    private var start = 0
    private var end = 0
    /// Messages from here on are as a receive wants them; those before have been used.
    private var cleanStart: Int
    /// Whether the control messages are those of received datagrams.
    private var isReceived = false
    private var runs: DatagramRuns

    /// How many datagrams it holds at most.
    public let capacity: Int

    /// How many bytes of a datagram it holds at most.
    public let datagramSize: Int

    /// Whether consecutive datagrams of one size for one peer may go through the kernel as one, which
    /// cuts it (UDP_SEGMENT): on unless switched off.
    ///
    /// The wire is the same. A capture on the sending machine, or of its loopback, shows them in one
    /// piece.
    public var allowsSegmentationOffload = true

    /// The most a batch can hold: what one system call takes (UIO_MAXIOV).
    public static let capacityLimit = 1024

    /// The bytes of all received datagrams, and how many of them are truncated.
    private(set) var receivedSize = 0
    private(set) var truncatedCount = 0

    // The room of one datagram besides its bytes.
    private static let addressSize = System.addressCapacity
    private static let controlSize = System.MessageHead.controlCapacity

    /// An empty batch.
    ///
    /// - Parameters:
    ///   - capacity: How many datagrams it holds, 1 to ``capacityLimit``.
    ///   - datagramSize: How many bytes of each; what is longer is truncated. 2048 holds every
    ///     datagram of an Ethernet, 65535 every one there is, which ``SocketOption/receiveOffload``
    ///     wants.
    public init(capacity: Int, datagramSize: Int) {
        precondition((1...Self.capacityLimit).contains(capacity), "a batch of 1 to 1024 datagrams")
        precondition((1...1 << 20).contains(datagramSize), "a datagram of 1 byte to 1 MiB")
        self.capacity = capacity
        self.datagramSize = datagramSize
        cleanStart = 0
        runs = DatagramRuns(capacity: capacity)
        let headSize =
            unsafe MemoryLayout<clinux_message>.size + MemoryLayout<iovec>.size + Self.addressSize
            + Self.controlSize
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: capacity * (headSize + datagramSize),
            alignment: 64
        )
        unsafe self.memory = memory
        unsafe messages = memory.bindMemory(to: clinux_message.self, capacity: capacity)
        var next = unsafe memory + capacity * MemoryLayout<clinux_message>.size
        let vectors = unsafe next.bindMemory(to: iovec.self, capacity: capacity)
        unsafe next += capacity * MemoryLayout<iovec>.size
        let addresses = unsafe next
        unsafe next += capacity * Self.addressSize
        let controls = unsafe next
        unsafe next += capacity * Self.controlSize
        for index in 0..<capacity {
            unsafe vectors[index] = iovec(
                iov_base: next + index * datagramSize,
                iov_len: datagramSize
            )
            var header = unsafe msghdr()
            unsafe header.msg_name = addresses + index * Self.addressSize
            unsafe header.msg_namelen = socklen_t(Self.addressSize)
            unsafe header.msg_iov = vectors + index
            unsafe header.msg_iovlen = 1
            unsafe header.msg_control = controls + index * Self.controlSize
            unsafe header.msg_controllen = Self.controlSize
            unsafe (messages + index).initialize(to: clinux_message(header: header, size: 0))
        }
    }

    deinit { unsafe memory.deallocate() }

    /// How many datagrams are there.
    public var count: Int { end - start }

    /// Whether no datagram is there.
    public var isEmpty: Bool { start == end }

    /// Drops all datagrams.
    public mutating func removeAll() {
        (start, end) = (0, 0)
        (receivedSize, truncatedCount) = (0, 0)
        isReceived = false
    }

    // MARK: Looking

    /// The bytes of a datagram, by its place from 0 on.
    ///
    /// Traps if there is none.
    @_lifetime(borrow self)
    public func bytes(at index: Int) -> RawSpan {
        let contents = unsafe contents(index)
        let span = unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(contents))
        return unsafe _overrideLifetime(span, borrowing: self)
    }

    /// How many bytes the datagram had; more than there are if it was truncated.
    public func size(at index: Int) -> Int { unsafe Int(message(index).pointee.size) }

    /// Whether the datagram was larger than ``datagramSize``.
    public func isTruncated(at index: Int) -> Bool { size(at: index) > datagramSize }

    /// Whom a received datagram is from, and one to be sent is for; nil for the peer of a connected
    /// socket.
    public func peer(at index: Int) -> SocketAddress? {
        let header = unsafe message(index).pointee.header
        guard let name = unsafe header.msg_name, unsafe header.msg_namelen > 0 else { return nil }
        return unsafe System.address(
            UnsafeRawBufferPointer(start: name, count: Int(header.msg_namelen))
        )
    }

    /// What a received datagram has besides its bytes.
    public func metadata(at index: Int) -> DatagramMetadata {
        unsafe ControlMessages.read(control(index))
    }

    /// Calls `body` with a received datagram's address and control messages, as the kernel wrote them.
    func withHead<Result>(
        at index: Int,
        _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Result
    ) -> Result {
        let header = unsafe message(index).pointee.header
        let address = unsafe UnsafeRawBufferPointer(
            start: header.msg_name,
            count: min(Int(header.msg_namelen), Self.addressSize)
        )
        return unsafe body(address, control(index))
    }

    /// Calls `body` with the bytes and the place of each datagram.
    ///
    /// One that the kernel put together of several (UDP_GRO) is taken apart.
    public func forEachDatagram(_ body: (RawSpan, Int) -> Void) {
        for index in 0..<count {
            let bytes = bytes(at: index)
            guard isReceived, unsafe control(index).count > 0,
                let segment = metadata(at: index).segmentSize, segment > 0
            else {
                body(bytes, index)
                continue
            }
            var position = 0
            while position < bytes.byteCount {
                let next = min(bytes.byteCount, position + segment)
                body(bytes.extracting(position..<next), index)
                position = next
            }
        }
    }

    // MARK: Filling

    /// Adds a datagram to be sent; false when the batch is full.
    ///
    /// Traps if it is larger than ``datagramSize``: it is the caller's.
    ///
    /// - Parameters:
    ///   - bytes: The datagram.
    ///   - address: Whom it is for; nil for the peer of a connected socket.
    ///   - metadata: How it is to be sent. With a segment size the bytes are several datagrams.
    /// - Returns: Whether there was room.
    public mutating func append(
        _ bytes: RawSpan,
        to address: SocketAddress? = nil,
        metadata: DatagramMetadata = DatagramMetadata()
    ) -> Bool {
        precondition(bytes.byteCount <= datagramSize, "a datagram larger than the batch's")
        if isReceived { removeAll() }
        guard end < capacity else { return false }
        let index = count
        end += 1
        let message = unsafe message(index)
        unsafe bytes.withUnsafeBytes { source in
            guard let from = source.baseAddress else { return }
            unsafe message.pointee.header.msg_iov.pointee.iov_base
                .copyMemory(from: from, byteCount: source.count)
        }
        unsafe setSize(message, bytes.byteCount)
        unsafe message.pointee.header.msg_namelen = 0
        if let address {
            let room = unsafe UnsafeMutableRawBufferPointer(
                start: message.pointee.header.msg_name,
                count: Self.addressSize
            )
            unsafe message.pointee.header.msg_namelen = socklen_t(System.write(address, to: room))
        }
        unsafe message.pointee.header.msg_controllen = 0
        if !metadata.isOrdinary {
            // Without an address the socket's peer decides, which a batch does not know.
            unsafe write(metadata, isIPv6: address?.isIPv6OnTheWire, to: message)
        }
        cleanStart = max(cleanStart, end)
        return true
    }

    private func setSize(_ message: UnsafeMutablePointer<clinux_message>, _ size: Int) {
        unsafe message.pointee.size = UInt32(size)
        unsafe message.pointee.header.msg_iov.pointee.iov_len = size
    }

    private func write(
        _ metadata: DatagramMetadata,
        isIPv6: Bool?,
        to message: UnsafeMutablePointer<clinux_message>
    ) {
        let room = unsafe UnsafeMutableRawBufferPointer(
            start: message.pointee.header.msg_control,
            count: Self.controlSize
        )
        unsafe message.pointee.header.msg_controllen =
            ControlMessages.write(metadata, isIPv6: isIPv6, to: room)
    }

    // MARK: For system calls

    /// Fills the empty batch by `receive`, which returns how many messages it received, or a
    /// negative number.
    @inline(__always)
    mutating func fill(
        _ receive: (UnsafeMutablePointer<clinux_message>, Int) -> Int
    ) -> Int {
        for index in 0..<cleanStart {
            let message = unsafe messages + index
            unsafe message.pointee.header.msg_iov.pointee.iov_len = datagramSize
            unsafe message.pointee.header.msg_namelen = socklen_t(Self.addressSize)
            unsafe message.pointee.header.msg_controllen = Self.controlSize
        }
        let result = unsafe receive(messages, capacity)
        cleanStart = max(0, result)
        guard result > 0 else { return result }
        precondition(result <= capacity, "more datagrams than there was room for")
        end = result
        isReceived = true
        for index in 0..<result {
            let size = unsafe Int(messages[index].size)
            receivedSize += min(size, datagramSize)
            if size > datagramSize { truncatedCount += 1 }
        }
        return result
    }

    /// Makes the received datagrams such that they go back to where they came from.
    mutating func prepareForSending(isConnected: Bool) {
        guard isReceived else { return }
        isReceived = false
        for index in 0..<count {
            let message = unsafe message(index)
            let size = min(size(at: index), datagramSize)
            if unsafe message.pointee.header.msg_controllen > 0 {
                var metadata = metadata(at: index).reply
                // One datagram need not be cut.
                if let segment = metadata.segmentSize, segment >= size {
                    metadata.segmentSize = nil
                }
                unsafe write(metadata, isIPv6: peer(at: index)?.isIPv6OnTheWire, to: message)
            }
            unsafe setSize(message, size)
            // To its peer a connected socket has the route ready.
            if isConnected { unsafe message.pointee.header.msg_namelen = 0 }
        }
    }

    /// Calls `send` with the messages that wait, and returns how many datagrams it sent, or its
    /// negative result.
    ///
    /// `inRuns` says whether several datagrams may go out as one message, and afterwards whether any
    /// did.
    @inline(__always)
    mutating func transmit(
        inRuns: inout Bool,
        _ send: (UnsafeMutablePointer<clinux_message>, Int) -> Int
    ) -> Int {
        inRuns = unsafe inRuns && allowsSegmentationOffload && runs.divide(messages + start, count)
        return unsafe inRuns ? runs.transmit(send) : send(messages + start, count)
    }

    /// Drops datagrams from the front, and returns how many bytes they had.
    @discardableResult
    mutating func removeFirst(_ count: Int) -> Int {
        precondition(count <= self.count, "dropping datagrams that are not there")
        var size = 0
        for index in 0..<count { size += self.size(at: index) }
        start += count
        if start == end { removeAll() }
        return size
    }

    private func message(_ index: Int) -> UnsafeMutablePointer<clinux_message> {
        precondition(index >= 0 && index < count, "a datagram that is not there")
        return unsafe messages + start + index
    }

    private func contents(_ index: Int) -> UnsafeMutableRawBufferPointer {
        let message = unsafe message(index)
        return unsafe UnsafeMutableRawBufferPointer(
            start: message.pointee.header.msg_iov.pointee.iov_base,
            count: min(Int(message.pointee.size), datagramSize)
        )
    }

    /// Closes what came with Unix datagrams and was not asked for.
    func closeDescriptors() {
        for index in 0..<count { unsafe ControlMessages.closeDescriptors(in: control(index)) }
    }

    private func control(_ index: Int) -> UnsafeRawBufferPointer {
        let header = unsafe message(index).pointee.header
        return unsafe UnsafeRawBufferPointer(
            start: header.msg_control,
            count: header.msg_controllen
        )
    }
}

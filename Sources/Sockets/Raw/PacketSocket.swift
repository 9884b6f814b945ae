/// A socket for the packets of interfaces, those of every protocol, in and out (packet(7)).
///
/// What is received begins with the network's header, mostly IP; of the link's own header
/// ``ReceivedPacket/link`` says what matters, in the same way for every kind of interface
/// (SOCK_DGRAM). It needs CAP_NET_RAW, for creating it only.
///
/// ```swift
/// let filter = try CaptureFilter("icmp or arp").program(for: .datagram)
/// let socket = try PacketSocket.create(filter: filter).bind(to: .named("eth0"))
/// var batch = DatagramBatch(capacity: 64, datagramSize: 65_536)
/// try await socket.receive(into: &batch)
/// for index in 0..<batch.count {
///     let packet = batch.packet(at: index)
///     print(packet.receiveTime, packet.interface, PacketLayers(
///         parsing: batch.bytes(at: index), network: packet.link.type, size: packet.size))
/// }
/// ```
///
/// A packet over loopback is seen twice, going out and coming in. A receive fails when its one
/// interface goes down (ENETDOWN).
///
/// Any task and thread may call. One task receives and one sends at a time; another gets
/// ``SocketError/Code/busy``.
public final class PacketSocket: Sendable {
    let core: MessageSocket

    /// What it is bound to.
    public let interface: NetworkInterface

    private let kernel = Lock(PacketCounts())

    init(_ core: MessageSocket, on interface: NetworkInterface) {
        self.core = core
        self.interface = interface
    }

    deinit { close() }

    /// The loop whose thread its events arrive on.
    public var loop: EventLoop { core.socket.loop }

    // MARK: Receiving

    /// Receives the packets that are there, at least one, as many as the batch holds: recvmmsg(2).
    ///
    /// ``DatagramBatch/packet(at:)`` says what each is. Cancellation and deadlines: total.
    public func receive(into batch: inout DatagramBatch) async throws(SocketError) {
        try await core.receive(into: &batch)
    }

    /// Receives one packet into memory of the caller's: recvmsg(2).
    ///
    /// Cancellation and deadlines: total.
    public func receive(
        into memory: inout MutableRawSpan
    ) async throws(SocketError) -> ReceivedPacket {
        try await core.enter(.reading, .receive)
        while true {
            var head = System.MessageHead()
            let result = unsafe memory.withUnsafeMutableBytes {
                unsafe System.receiveMessage(core.socket.number, $0, &head)
            }
            if result >= 0 {
                let count = min(result, memory.byteCount)
                core.countReceived(count: count, size: result)
                core.socket.leave(.reading, ready: true)
                return head.packet(count: count, size: result)
            }
            try await core.retry(.reading, .receive, after: result)
        }
    }

    /// Receives one packet into an array, as much as its size holds.
    public func receive(into memory: inout [UInt8]) async throws(SocketError) -> ReceivedPacket {
        var elements = memory.mutableSpan
        var bytes = unsafe elements.mutableBytes
        return try await receive(into: &bytes)
    }

    // MARK: Sending

    /// Sends a packet, which begins with the network's header, by an interface: sendmsg(2).
    ///
    /// The kernel puts the link's header before it, and looks at nothing else. Cancellation and
    /// deadlines: total.
    ///
    /// - Parameters:
    ///   - bytes: The packet.
    ///   - type: What it is, for the link's header.
    ///   - destination: Whom on the link it is for.
    ///   - interface: The way out; ``NetworkInterface/any`` is none.
    /// - Throws: ``SocketError`` when the packet is larger than the interface takes, when that is
    ///   down, and as ``DatagramSocket`` does.
    public func send(
        _ bytes: RawSpan,
        type: EtherType,
        to destination: MACAddress,
        by interface: NetworkInterface
    ) async throws(SocketError) {
        try await core.enter(.writing, .send)
        while true {
            let result = unsafe bytes.withUnsafeBytes {
                unsafe System.sendPacket(
                    core.socket.number,
                    $0,
                    type: type,
                    to: destination,
                    by: interface.index
                )
            }
            if result >= 0 {
                core.counters.sent.add()
                core.counters.sentSize.add(result)
                core.sending.add(result)
                return core.socket.leave(.writing, ready: true)
            }
            try await core.retry(.writing, .send, after: result)
        }
    }

    // MARK: The rest

    /// What the socket and the kernel have done; also after it is closed, as far as it was asked
    /// before.
    public func statistics() -> PacketStatistics {
        let counts = kernel.withLock { counts in
            // The kernel starts again at zero with each call.
            if let more = core.socket.withNumber(System.takePacketCounts) ?? nil {
                counts.taken += more.taken
                counts.dropped += more.dropped
            }
            return counts
        }
        return PacketStatistics(
            matchedCount: counts.taken,
            droppedCount: counts.dropped,
            receivedCount: core.counters.received.count,
            receivedSize: core.counters.receivedSize.count,
            sentCount: core.counters.sent.count,
            sentSize: core.counters.sentSize.count
        )
    }

    /// Sets an option: setsockopt(2).
    public func set<Value>(_ option: SocketOption<Value>, to value: Value) throws(SocketError) {
        try core.setOption(option, to: value)
    }

    /// Reads an option: getsockopt(2).
    public func get<Value>(_ option: SocketOption<Value>) throws(SocketError) -> Value {
        try core.getOption(option)
    }

    /// Closes; waiting operations fail with ``SocketError/Code/closed``.
    public func close() { core.socket.close() }
}

extension MessageSocket {
    /// Counts one message that was received by other means than ``receive(into:)``.
    fileprivate func countReceived(count: Int, size: Int) {
        counters.received.add()
        counters.receivedSize.add(count)
        if size > count { counters.truncated.add() }
        receiving.add(count)
    }
}

extension System.MessageHead {
    fileprivate mutating func packet(count: Int, size: Int) -> ReceivedPacket {
        guard let link else { preconditionFailure("a packet socket's address is of its family") }
        return unsafe withControl {
            unsafe ReceivedPacket(link: link, control: $0, count: count, size: size)
        }
    }
}

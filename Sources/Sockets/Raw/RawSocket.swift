internal import Glibc

/// A socket for one protocol on top of IP, without TCP or UDP in between (raw(7)).
///
/// It receives a copy of every packet of the protocol that comes to this machine: over IPv4 with the
/// IP header, over IPv6 without. It needs CAP_NET_RAW.
///
/// ```swift
/// let socket = try RawSocket.create(.ipv4, protocol: .icmp)
/// try socket.accept(icmpTypes: [0])  // echo replies only
/// let packet = try await socket.receive(into: &memory)
/// ```
///
/// Any task and thread may call. One task receives and one sends at a time; another gets
/// ``SocketError/Code/busy``.
public final class RawSocket: Sendable {
    let core: MessageSocket

    private init(_ core: MessageSocket) { self.core = core }

    deinit { close() }

    /// Creates a socket: socket(2) with SOCK_RAW, close-on-exec and non-blocking.
    ///
    /// - Parameters:
    ///   - family: IPv4 or IPv6. Unix has no raw sockets.
    ///   - number: The protocol.
    ///   - local: Only what is sent to this address is received, and what is sent comes from it:
    ///     bind(2).
    ///   - includesHeader: Whether what is sent begins with an IP header of the caller's
    ///     (IP_HDRINCL, IPV6_HDRINCL); with ``IPProtocol/raw`` always.
    ///   - loops: The loops that will look after it.
    ///   - metadata: What is to be reported of each packet.
    ///   - options: Set right away.
    /// - Returns: The socket.
    /// - Throws: ``SocketError``; ``SocketError/Code/permissionDenied`` without the capability.
    public static func create(
        _ family: AddressFamily,
        protocol number: IPProtocol,
        boundTo local: IPAddress? = nil,
        includesHeader: Bool = false,
        loops: EventLoopGroup = .shared,
        metadata: DatagramMetadata.Kinds = [],
        options: [SocketSetting] = []
    ) throws(SocketError) -> RawSocket {
        try open(
            family,
            protocol: number,
            boundTo: local,
            includesHeader: includesHeader,
            metadata: metadata,
            options: options
        ).start(on: loops)
    }

    /// A raw socket that no loop looks after yet.
    ///
    /// Opening one starts no thread, so that a program may drop its privileges in between.
    package struct Opened: ~Copyable {
        fileprivate let descriptor: Descriptor
        fileprivate let family: AddressFamily

        /// Hands it to a loop.
        package consuming func start(
            on loops: EventLoopGroup = .shared
        ) throws(SocketError) -> RawSocket {
            let kind = MessageSocket.Kind(family: family.number, transport: .raw)
            let loop = try loops.nearest()
            return RawSocket(MessageSocket(descriptor, kind: kind, loop: loop))
        }
    }

    /// The first half of ``create(_:protocol:boundTo:includesHeader:loops:metadata:options:)``.
    package static func open(
        _ family: AddressFamily,
        protocol number: IPProtocol,
        boundTo local: IPAddress? = nil,
        includesHeader: Bool = false,
        metadata: DatagramMetadata.Kinds = [],
        options: [SocketSetting] = []
    ) throws(SocketError) -> Opened {
        guard family != .unix else {
            throw SocketError(.unsupported, in: .create, over: .raw, detail: "Unix has none")
        }
        let result = System.createRaw(
            family: family.number,
            protocolNumber: CInt(number.rawValue)
        )
        guard result >= 0 else { throw refusal(errno: CInt(-result)) }
        let descriptor = Descriptor(CInt(result))
        try check(
            System.setReports(descriptor.number, isIPv6: family == .ipv6, metadata),
            .setOption,
            "what to report of packets"
        )
        if includesHeader {
            try check(
                System.setIncludesHeader(descriptor.number, isIPv6: family == .ipv6),
                .setOption,
                "IP_HDRINCL"
            )
        }
        try SocketSetting.apply(options, to: descriptor.number)
        if let local {
            let result = System.bind(descriptor.number, to: SocketAddress(local, port: 0))
            try check(CInt(min(0, result)) * -1, .bind, "\(local)")
        }
        return Opened(descriptor: descriptor, family: family)
    }

    private static func refusal(errno: CInt) -> SocketError {
        SocketError(
            .init(errno: errno),
            in: .create,
            over: .raw,
            errno: errno,
            detail: errno == EPERM || errno == EACCES
                ? "a raw socket needs the capability CAP_NET_RAW: run as root, or give it to the "
                    + "program with setcap cap_net_raw+ep"
                : nil
        )
    }

    private static func check(
        _ errno: CInt,
        _ operation: SocketError.Operation,
        _ detail: String
    ) throws(SocketError) {
        guard errno != 0 else { return }
        throw SocketError(
            .init(errno: errno),
            in: operation,
            over: .raw,
            errno: errno,
            detail: detail
        )
    }

    /// The loop whose thread its events arrive on.
    public var loop: EventLoop { core.socket.loop }

    // MARK: Receiving and sending

    /// Receives one packet into memory of the caller's: recvmsg(2).
    ///
    /// The port of its source is 0. See ``DatagramSocket/receive(into:)-(MutableRawSpan)``.
    public func receive(
        into memory: inout MutableRawSpan
    ) async throws(SocketError) -> ReceivedDatagram {
        try await core.receive(into: &memory)
    }

    /// Receives one packet into an array, as much as its size holds.
    public func receive(into memory: inout [UInt8]) async throws(SocketError) -> ReceivedDatagram {
        var elements = memory.mutableSpan
        var bytes = unsafe elements.mutableBytes
        return try await core.receive(into: &bytes)
    }

    /// Receives the packets that are there, at least one, as many as the batch holds: recvmmsg(2).
    public func receive(into batch: inout DatagramBatch) async throws(SocketError) {
        try await core.receive(into: &batch)
    }

    /// Sends a packet to an address: sendmsg(2).
    ///
    /// Begins with the protocol's own header, or with the IP header if the socket was created for
    /// that. Cancellation and deadlines: total.
    public func send(
        _ bytes: RawSpan,
        to address: IPAddress,
        metadata: DatagramMetadata = DatagramMetadata()
    ) async throws(SocketError) {
        try await core.send(bytes, to: SocketAddress(address, port: 0), metadata: metadata)
    }

    /// Waits for the next error the network reported of a packet sent earlier.
    ///
    /// Like ``DatagramSocket/receiveError()``.
    public func receiveError() async throws(SocketError) -> DatagramError {
        try await core.receiveError()
    }

    // MARK: Filters

    /// Lets only ICMP or ICMPv6 messages of these types in: ICMP_FILTER, ICMP6_FILTER.
    ///
    /// Of ICMP only the types 0 to 31 can be told apart; higher ones always come. For sockets of
    /// ``IPProtocol/icmp`` and ``IPProtocol/icmpv6``; others refuse it.
    public func accept(icmpTypes types: Set<UInt8>) throws(SocketError) {
        let error = try core.withDescriptor(.setOption) { number throws(SocketError) in
            System.setICMPFilter(number, isIPv6: core.kind.isIPv6, accepting: types)
        }
        guard error != 0 else { return }
        throw core.failure(
            .init(errno: error),
            .setOption,
            errno: error,
            transferred: 0,
            detail: core.kind.isIPv6 ? "ICMP6_FILTER" : "ICMP_FILTER"
        )
    }

    // MARK: Options and the end

    /// Sets an option: setsockopt(2).
    public func set<Value>(
        _ option: SocketOption<Value>,
        to value: Value
    ) throws(SocketError) {
        try core.setOption(option, to: value)
    }

    /// Reads an option: getsockopt(2).
    public func get<Value>(_ option: SocketOption<Value>) throws(SocketError) -> Value {
        try core.getOption(option)
    }

    /// What the socket has done.
    public func statistics() -> DatagramStatistics { core.statistics() }

    /// Closes; waiting operations fail with ``SocketError/Code/closed``.
    public func close() { core.socket.close() }
}

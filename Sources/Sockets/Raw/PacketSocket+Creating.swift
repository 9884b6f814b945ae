internal import CLinux
internal import Glibc

extension PacketSocket {
    /// A packet socket that is bound to nothing yet, and so receives nothing.
    ///
    /// It has no thread either: a program that creates it first of all can give its privileges up
    /// before it goes on. A socket that goes no further is closed when it goes out of scope.
    public struct Unbound: ~Copyable, Sendable {
        private let descriptor: Descriptor

        init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }

        /// Begins to receive: bind(2).
        ///
        /// - Parameters:
        ///   - interface: The one whose packets are received, or all of them.
        ///   - type: Only what the link's header calls so; ``EtherType/all`` also what leaves.
        ///   - isPromiscuous: Whether the interface lets in what is for others too, for as long as
        ///     the socket is open (PACKET_MR_PROMISC). Not for all interfaces at once.
        ///   - loops: The loops that will look after it.
        /// - Returns: The socket.
        /// - Throws: ``SocketError`` when there is no such interface, or when it is down.
        public consuming func bind(
            to interface: NetworkInterface = .any,
            type: EtherType = .all,
            isPromiscuous: Bool = false,
            loops: EventLoopGroup = .shared
        ) throws(SocketError) -> PacketSocket {
            if isPromiscuous {
                guard interface != .any else {
                    throw SocketError(
                        .invalidArgument,
                        in: .bind,
                        over: .packet,
                        detail: "one interface is promiscuous, not all at once"
                    )
                }
                try Self.check(
                    System.setPromiscuous(descriptor.number, on: interface.index),
                    .setOption,
                    interface
                )
            }
            let result = System.bindPacket(descriptor.number, to: interface.index, type: type)
            try Self.check(CInt(-min(0, result)), .bind, interface)
            // One that is down is bound to all the same, and would never say a word.
            try Self.check(System.pendingError(descriptor.number), .bind, interface)
            let kind = MessageSocket.Kind(family: AF_PACKET, transport: .packet)
            let loop = try loops.nearest()
            return PacketSocket(MessageSocket(descriptor, kind: kind, loop: loop), on: interface)
        }

        private static func check(
            _ errno: CInt,
            _ operation: SocketError.Operation,
            _ interface: NetworkInterface
        ) throws(SocketError) {
            if errno == 0 { return }
            let detail =
                switch errno {
                case ENODEV: "there is no interface \(interface)"
                case ENETDOWN: "the interface \(interface) is down"
                default: "interface \(interface)"
                }
            throw SocketError(
                errno == ENODEV ? .nameNotFound : .init(errno: errno),
                in: operation,
                over: .packet,
                errno: errno,
                detail: detail
            )
        }
    }

    /// Creates a socket: socket(2) with AF_PACKET and SOCK_DGRAM, close-on-exec and non-blocking.
    ///
    /// The filter is there before anything can be received.
    ///
    /// - Parameters:
    ///   - filter: Which packets are received, and how much of them; written for
    ///     ``CaptureLayout/datagram``. Nil for all.
    ///   - receiveBufferSize: Bytes of packets that wait to be received, nil for the system's
    ///     default. With CAP_NET_ADMIN any number (SO_RCVBUFFORCE), else what the sysctl
    ///     net.core.rmem_max allows.
    ///   - options: Set right away.
    /// - Returns: The socket, for ``Unbound/bind(to:type:isPromiscuous:loops:)``.
    /// - Throws: ``SocketError``; ``SocketError/Code/permissionDenied`` without the capability.
    public static func create(
        filter: BPFProgram? = nil,
        receiveBufferSize: Int? = nil,
        options: [SocketSetting] = []
    ) throws(SocketError) -> Unbound {
        let result = System.createPacket()
        guard result >= 0 else { throw refusal(errno: CInt(-result)) }
        let descriptor = Descriptor(CInt(result))
        try check(System.setPacketReports(descriptor.number), "what to report of packets")
        if let filter {
            try check(System.attachFilter(descriptor.number, filter), "SO_ATTACH_FILTER")
        }
        if let receiveBufferSize {
            let error = System.setReceiveBuffer(descriptor.number, size: receiveBufferSize)
            try check(error, "SO_RCVBUF to \(receiveBufferSize)")
        }
        try SocketSetting.apply(options, to: descriptor.number)
        return Unbound(descriptor)
    }

    private static func refusal(errno: CInt) -> SocketError {
        SocketError(
            .init(errno: errno),
            in: .create,
            over: .packet,
            errno: errno,
            detail: errno == EPERM || errno == EACCES
                ? "a packet socket needs the capability CAP_NET_RAW: run as root, or give it to the "
                    + "program with setcap cap_net_raw+ep"
                : nil
        )
    }

    private static func check(_ errno: CInt, _ detail: String) throws(SocketError) {
        guard errno != 0 else { return }
        throw SocketError(
            .init(errno: errno),
            in: .setOption,
            over: .packet,
            errno: errno,
            detail: detail
        )
    }
}

extension EtherType {
    /// Every packet, also those that leave: what a ``PacketSocket`` is bound to (ETH_P_ALL).
    public static let all = EtherType(rawValue: 3)
}

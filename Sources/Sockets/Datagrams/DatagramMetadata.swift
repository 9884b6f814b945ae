/// What a datagram has besides its bytes: the control messages of recvmsg(2) and sendmsg(2).
///
/// Received: the fields that the socket was asked for with ``Kinds`` when it was created. Sent: the
/// fields that are set say how; the others leave it to the kernel. The fields that only the kernel
/// knows are not looked at then.
///
/// ```swift
/// let socket = try DatagramSocket.create(.ipv4, metadata: [.localAddress, .hopLimit])
///     .bind(to: .v4(.any, port: 5353))
/// let datagram = try await socket.receive(into: &memory)
/// // Back from the very address it was sent to, on a machine with many:
/// try await socket.send("yes", to: datagram.source, metadata: datagram.metadata.reply)
/// ```
public struct DatagramMetadata: Hashable, Sendable {
    /// This end's address: received, the one to answer from; sent, the one it comes from
    /// (IP_PKTINFO, IPV6_PKTINFO).
    public var localAddress: IPAddress?

    /// The address in the header of a received datagram, which may be a group or a broadcast.
    public var destination: IPAddress?

    /// The index of the interface it came in or goes out by.
    public var interfaceIndex: UInt32?

    /// The hops it may still take: TTL of IPv4, hop limit of IPv6.
    public var hopLimit: UInt8?

    /// The TOS byte or traffic class: DSCP and ECN.
    public var trafficClass: TrafficClass?

    /// The size of the datagrams that its bytes are made of, the last of which may be shorter.
    ///
    /// Received: several datagrams of one sender in one piece (UDP_GRO). Sent: the kernel cuts the
    /// bytes into datagrams (UDP_SEGMENT); where it refuses, for there are too many or a segment is
    /// larger than the path takes, and on Unix sockets, this library does. There may be any number
    /// of bytes then, and a send that fails says in ``SocketError/transferredCount`` how many of the
    /// datagrams went out. Zero and less is none.
    public var segmentSize: Int?

    /// When the kernel received it, by the system's clock: time since 1970-01-01 (SO_TIMESTAMPNS).
    public var receiveTime: Duration?

    /// Datagrams dropped at this socket so far because its buffer was full (SO_RXQ_OVFL); the
    /// kernel says so once there are any, and counts modulo 2³².
    public var droppedCount: UInt32?

    /// The metadata of an ordinary datagram: all is left to the kernel.
    public init(
        localAddress: IPAddress? = nil,
        interfaceIndex: UInt32? = nil,
        hopLimit: UInt8? = nil,
        trafficClass: TrafficClass? = nil,
        segmentSize: Int? = nil
    ) {
        self.localAddress = localAddress
        self.interfaceIndex = interfaceIndex
        self.hopLimit = hopLimit
        self.trafficClass = trafficClass
        self.segmentSize = segmentSize
    }

    /// What an answer to a received datagram takes over: the address it was sent to, and its
    /// segment size.
    ///
    /// The interface is taken over only where the address means nothing without it.
    public var reply: DatagramMetadata {
        DatagramMetadata(
            localAddress: localAddress,
            interfaceIndex: localAddress?.isLinkLocal == true ? interfaceIndex : nil,
            segmentSize: segmentSize
        )
    }

    /// Nothing is set that concerns sending.
    var isOrdinary: Bool {
        localAddress == nil && interfaceIndex == nil && hopLimit == nil && trafficClass == nil
            && segmentSize == nil
    }

    /// What a socket reports of each datagram.
    ///
    /// Each costs a control message a datagram.
    public struct Kinds: OptionSet, Sendable, Hashable {
        /// The bits.
        public let rawValue: UInt8
        /// A set of bits.
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// ``DatagramMetadata/localAddress``, ``DatagramMetadata/destination`` and
        /// ``DatagramMetadata/interfaceIndex`` (IP_PKTINFO, IPV6_RECVPKTINFO).
        public static let localAddress = Kinds(rawValue: 1)
        /// ``DatagramMetadata/hopLimit`` (IP_RECVTTL, IPV6_RECVHOPLIMIT).
        public static let hopLimit = Kinds(rawValue: 2)
        /// ``DatagramMetadata/trafficClass`` (IP_RECVTOS, IPV6_RECVTCLASS).
        public static let trafficClass = Kinds(rawValue: 4)
        /// ``DatagramMetadata/receiveTime`` (SO_TIMESTAMPNS).
        public static let receiveTime = Kinds(rawValue: 8)
        /// ``DatagramMetadata/droppedCount`` (SO_RXQ_OVFL).
        public static let droppedCount = Kinds(rawValue: 16)
    }
}

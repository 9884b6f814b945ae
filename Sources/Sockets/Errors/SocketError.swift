/// What went wrong with a socket: the operation, the addresses, and why.
///
/// It prints on one line: `connect tcp 10.0.0.2:51812 → 192.0.2.1:443: connection refused
/// (ECONNREFUSED)`, or of a name, `connect example.org:443 (192.0.2.1): connection refused
/// (ECONNREFUSED)`. Compare ``code``, never the text. One pointer wide, so that the paths without an
/// error stay narrow.
public struct SocketError: Error, Sendable, CustomStringConvertible {
    private var storage: Storage

    /// Why the operation failed.
    public var code: Code { storage.code }

    /// What was being done.
    public var operation: Operation { storage.operation }

    /// This end's address, where it is known.
    public var localAddress: SocketAddress? { storage.localAddress }

    /// What carries the socket's data.
    public var transport: Transport { storage.transport }

    /// The other end's address, where it is known.
    public var peerAddress: SocketAddress? { storage.peerAddress }

    /// The host and port that were asked for, where ``peerAddress`` is what a name led to.
    public var peerName: String? { storage.peerName }

    /// The kernel's errno, or zero.
    public var errno: CInt { storage.errno }

    /// How many bytes this very operation had moved before it failed: a cancelled or failed send
    /// has sent so many, a receive so many.
    ///
    /// Zero means that nothing happened. Of a batch of datagrams it is how many of them.
    public var transferredCount: Int { storage.transferredCount }

    /// What more there is to say, in words: the name that was not found, the limit that was met.
    public var detail: String? { storage.detail }

    /// An error with what is known of it.
    public init(
        _ code: Code,
        in operation: Operation,
        local: SocketAddress? = nil,
        peer: SocketAddress? = nil,
        named peerName: String? = nil,
        over transport: Transport = .tcp,
        errno: CInt = 0,
        transferredCount: Int = 0,
        detail: String? = nil
    ) {
        storage = Storage(
            code: code,
            operation: operation,
            transport: transport,
            localAddress: local,
            peerAddress: peer,
            peerName: peerName,
            errno: errno,
            transferredCount: transferredCount,
            detail: detail
        )
    }

    /// The same failure of an operation that had moved `count` bytes.
    package func withTransferredCount(_ count: Int) -> SocketError {
        SocketError(
            code,
            in: operation,
            local: localAddress,
            peer: peerAddress,
            over: transport,
            errno: errno,
            transferredCount: count,
            detail: detail
        )
    }

    /// One line, without line breaks: operation, addresses, reason.
    public var description: String {
        var text = operation.name
        if let peerName, let peer = peerAddress {
            text += " \(peerName) (\(peer.ip.map { "\($0)" } ?? "\(peer)"))"
        } else if let peer = peerAddress ?? localAddress {
            text += peer.isUnix ? " " : " \(transport) "
            if let local = localAddress, peerAddress != nil, !local.isUnix { text += "\(local) → " }
            text += "\(peer)"
        }
        if code == .system, errno != 0 {
            text += ": \(ErrorNumber.words(errno))"
        } else {
            text += ": \(code)"
            if errno != 0 { text += " (\(ErrorNumber.name(errno)))" }
        }
        if let detail { text += ": \(detail)" }
        if transferredCount > 0 {
            text += " after \(transferredCount) \(transport == .tcp ? "bytes" : "datagrams")"
        }
        return text
    }

    /// The same error, of a peer that was asked for by a name.
    func naming(_ endpoint: Endpoint) -> SocketError {
        guard case .name(let host) = endpoint.host else { return self }
        return SocketError(
            code,
            in: operation,
            local: localAddress,
            peer: peerAddress,
            named: "\(host):\(endpoint.port)",
            over: transport,
            errno: errno,
            transferredCount: transferredCount,
            detail: detail
        )
    }

    private final class Storage: Sendable {
        let code: Code
        let operation: Operation
        let transport: Transport
        let localAddress: SocketAddress?
        let peerAddress: SocketAddress?
        let peerName: String?
        let errno: CInt
        let transferredCount: Int
        let detail: String?

        init(
            code: Code,
            operation: Operation,
            transport: Transport,
            localAddress: SocketAddress?,
            peerAddress: SocketAddress?,
            peerName: String?,
            errno: CInt,
            transferredCount: Int,
            detail: String?
        ) {
            self.code = code
            self.operation = operation
            self.transport = transport
            self.localAddress = localAddress
            self.peerAddress = peerAddress
            self.peerName = peerName
            self.errno = errno
            self.transferredCount = transferredCount
            self.detail = detail
        }
    }
}

extension SocketError {
    /// What carries a socket's data over IP: an open set.
    public struct Transport: Sendable, Hashable, CustomStringConvertible {
        /// `tcp`, `udp`, ….
        public let name: String

        /// Another transport.
        public init(_ name: String) { self.name = name }

        /// The name.
        public var description: String { name }

        /// TCP (RFC 9293), and other streams.
        public static let tcp = Self("tcp")
        /// UDP (RFC 768).
        public static let udp = Self("udp")
        /// ICMP and ICMPv6, by a ping socket (icmp(7)).
        public static let icmp = Self("icmp")
        /// IP itself (raw(7)).
        public static let raw = Self("raw")
        /// Frames of an interface (packet(7)).
        public static let packet = Self("packet")
    }

    /// What a socket was asked to do.
    public struct Operation: Sendable, Hashable, CustomStringConvertible {
        /// The verb: `connect`, `receive`, ….
        public let name: String

        /// An operation of another layer: `handshake`, ….
        public init(_ name: String) { self.name = name }

        /// The verb.
        public var description: String { name }

        /// socket(2).
        public static let create = Self("create")
        /// bind(2).
        public static let bind = Self("bind")
        /// listen(2).
        public static let listen = Self("listen")
        /// accept(2).
        public static let accept = Self("accept")
        /// connect(2).
        public static let connect = Self("connect")
        /// recv(2).
        public static let receive = Self("receive")
        /// send(2).
        public static let send = Self("send")
        /// recvmsg(2) with MSG_ERRQUEUE.
        public static let receiveError = Self("receive error")
        /// Joining a multicast group (MCAST_JOIN_GROUP).
        public static let joinGroup = Self("join group")
        /// Leaving a multicast group (MCAST_LEAVE_GROUP).
        public static let leaveGroup = Self("leave group")
        /// shutdown(2), writing.
        public static let finish = Self("finish")
        /// sendfile(2).
        public static let sendFile = Self("send file")
        /// splice(2).
        public static let splice = Self("splice")
        /// getsockopt(2).
        public static let getOption = Self("get option")
        /// setsockopt(2).
        public static let setOption = Self("set option")
        /// getaddrinfo(3).
        public static let resolve = Self("resolve")
        /// Waiting on a loop's clock.
        public static let sleep = Self("sleep")
        /// Making an event loop.
        public static let createLoop = Self("create event loop")
        /// fcntl(2), F_DUPFD_CLOEXEC.
        public static let duplicate = Self("duplicate")
        /// Taking over a descriptor that came from elsewhere.
        public static let adopt = Self("adopt")
        /// Agreeing with the peer on how to talk, as TLS does.
        public static let handshake = Self("handshake")
        /// Taking over sockets from the service manager.
        public static let activate = Self("activate")
    }
}

/// What the network said of a datagram that was sent earlier: an entry of the socket's error queue
/// (IP_RECVERR, ip(7)), mostly an ICMP message of a router or of the destination.
///
/// It never ends a ``DatagramSocket``: ``DatagramSocket/receiveError()`` hands it out. On a
/// ``DatagramConnection`` the next operation fails with it, and the one after goes on.
public struct DatagramError: Error, Hashable, Sendable {
    /// What it means for the destination: ``SocketError/Code/refused``,
    /// ``SocketError/Code/hostUnreachable``, ``SocketError/Code/messageTooLarge``, ….
    public let code: SocketError.Code

    /// The kernel's errno.
    public let errno: CInt

    /// Whom the datagram was for.
    public let destination: SocketAddress?

    /// Who says so: a router or the destination itself; nil when it was this machine.
    public let reporter: IPAddress?

    /// The ICMP or ICMPv6 message that said so, or nil for an error of this machine.
    public let icmp: ICMPReport?

    /// The largest packet the path takes, when that is what it is about (RFC 1191, RFC 8201).
    public let pathMTU: Int?

    /// The beginning of the datagram, as far as the message quoted it; at most
    /// ``payloadLimit`` bytes.
    public let payload: [UInt8]

    /// What the socket reports of each datagram; here of the ICMP message.
    public let metadata: DatagramMetadata

    /// How much of the quoted datagram is kept.
    ///
    /// Routers quote 8 to 548 bytes of it (RFC 792, RFC 1812 §4.3.2.3); who sent it knows it by its
    /// beginning.
    public static let payloadLimit = 128

    /// The family, type and code of an ICMP message.
    public struct ICMPReport: Hashable, Sendable {
        /// Whether it is ICMPv6 (RFC 4443) and not ICMP (RFC 792).
        public let isIPv6: Bool
        /// The type: 3 or 1 is destination unreachable, 11 or 3 time exceeded.
        public let type: UInt8
        /// The code, whose meaning depends on the type.
        public let code: UInt8
    }

    init(
        code: SocketError.Code,
        errno: CInt,
        destination: SocketAddress?,
        reporter: IPAddress?,
        icmp: ICMPReport?,
        pathMTU: Int?,
        payload: [UInt8],
        metadata: DatagramMetadata
    ) {
        self.code = code
        self.errno = errno
        self.destination = destination
        self.reporter = reporter
        self.icmp = icmp
        self.pathMTU = pathMTU
        self.payload = payload
        self.metadata = metadata
    }

    /// This machine's refusal to send one datagram of a batch.
    init(sending destination: SocketAddress?, errno: CInt) {
        self.init(
            code: .init(errno: errno),
            errno: errno,
            destination: destination,
            reporter: nil,
            icmp: nil,
            pathMTU: nil,
            payload: [],
            metadata: DatagramMetadata()
        )
    }

    /// Whether the hop limit of the datagram ran out on its way (ICMP type 11, ICMPv6 type 3).
    public var isTimeExceeded: Bool {
        guard let icmp else { return false }
        return icmp.type == (icmp.isIPv6 ? 3 : 11)
    }

    /// Whether the destination itself answered that nobody listens at the port.
    public var isPortUnreachable: Bool {
        guard let icmp else { return false }
        return icmp.isIPv6 ? icmp.type == 1 && icmp.code == 4 : icmp.type == 3 && icmp.code == 3
    }
}

extension DatagramError: CustomStringConvertible {
    /// One line: `192.0.2.1:9: connection refused (ECONNREFUSED), reported by 192.0.2.1 (ICMP type 3
    /// code 3)`.
    public var description: String {
        (destination.map { "\($0): " } ?? "")
            + "\(code) (\(ErrorNumber.name(errno)))"
            + report
    }

    /// Who said so and how, for the end of a sentence.
    var report: String {
        var text = ""
        if let reporter { text += ", reported by \(reporter)" }
        if let icmp {
            text += " (\(icmp.isIPv6 ? "ICMPv6" : "ICMP") type \(icmp.type) code \(icmp.code))"
        }
        if let pathMTU { text += ", path MTU \(pathMTU)" }
        return text
    }
}

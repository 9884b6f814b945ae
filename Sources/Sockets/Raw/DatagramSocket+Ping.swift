internal import Glibc

extension DatagramSocket {
    /// Creates a ping socket, which sends ICMP echo requests and receives the replies to its own,
    /// without any capability (icmp(7)).
    ///
    /// A datagram is the ICMP message: type, code, checksum, identifier and so on. The kernel sets
    /// the identifier, which is the port of ``localAddress`` once it is bound, and the checksum.
    /// The port of an address to send to does not matter.
    ///
    /// ```swift
    /// let socket = try DatagramSocket.createPing(.ipv4).bind(to: .v4(.any, port: 0))
    /// let request: [UInt8] = [8, 0, 0, 0, 0, 0, 0, 1]  // echo request number 1
    /// try await socket.send(request.span.bytes, to: .v4(.loopback, port: 0))
    /// ```
    ///
    /// - Parameters:
    ///   - family: ICMP over IPv4 or ICMPv6. Unix has none.
    ///   - loops: The loops that will look after it.
    ///   - metadata: What is to be reported of each reply.
    ///   - options: Set right away.
    /// - Returns: The socket.
    /// - Throws: ``SocketError``; ``SocketError/Code/permissionDenied`` where the system does not let
    ///   this user's groups have one.
    public static func createPing(
        _ family: AddressFamily,
        loops: EventLoopGroup = .shared,
        metadata: DatagramMetadata.Kinds = [],
        options: [SocketSetting] = []
    ) throws(SocketError) -> Unbound {
        guard family != .unix else {
            throw SocketError(.unsupported, in: .create, over: .icmp, detail: "Unix has none")
        }
        do throws(SocketError) {
            return try create(
                family,
                transport: .icmp,
                protocolNumber: family == .ipv6 ? CInt(IPPROTO_ICMPV6) : CInt(IPPROTO_ICMP),
                loops: loops,
                metadata: metadata,
                options: options
            )
        } catch  where error.code == .permissionDenied {
            throw SocketError(
                error.code,
                in: error.operation,
                over: .icmp,
                errno: error.errno,
                detail: "ping sockets are for the groups in the sysctl net.ipv4.ping_group_range, "
                    + "and none of this user's is: sysctl -w net.ipv4.ping_group_range='0 2147483647'"
            )
        }
    }
    /// Whether the system lets this user have ping sockets.
    ///
    /// Starts no thread.
    package static func allowsPing(_ family: AddressFamily) -> Bool {
        let number = family == .ipv6 ? CInt(IPPROTO_ICMPV6) : CInt(IPPROTO_ICMP)
        let result = System.createDatagram(family: family.number, protocolNumber: number)
        guard result >= 0 else { return false }
        _ = Descriptor(CInt(result))
        return true
    }
}

internal import Packets
internal import Sockets

/// The way this program may send echo requests: by the system's ping sockets, or where those are
/// refused by raw sockets, which need CAP_NET_RAW.
///
/// Opened before anything else it starts no thread, so that a program can drop the capability right
/// afterwards and have it in no thread.
///
/// ```swift
/// let access = EchoAccess.open()
/// // drop privileges here
/// let pinger = try Pinger(targets: targets, access: access)
/// ```
public final class EchoAccess: @unchecked Sendable {
    // "@unchecked": the sockets are taken only by who turns `taken`, which is locked.

    private var v4: Way
    private var v6: Way
    private let taken = Lock<Set<AddressFamily>>([])

    /// How it goes for one family.
    private enum Way: ~Copyable {
        case pingSocket
        case rawSocket(RawSocket.Opened)
        case refused(SocketError)

        init(_ family: AddressFamily) {
            if DatagramSocket.allowsPing(family) {
                self = .pingSocket
                return
            }
            do throws(SocketError) {
                self = .rawSocket(
                    try RawSocket.open(
                        family,
                        protocol: family == .ipv6 ? .icmpv6 : .icmp,
                        metadata: EchoSocket.metadata
                    )
                )
            } catch {
                self = .refused(error)
            }
        }
    }

    private init() {
        v4 = Way(.ipv4)
        v6 = Way(.ipv6)
    }

    /// Opens what is needed for both families.
    ///
    /// What is refused is thrown when it is used.
    public static func open() -> EchoAccess { EchoAccess() }

    /// The socket of a family; each can be taken once.
    func socket(_ family: AddressFamily) throws(SocketError) -> EchoSocket {
        precondition(taken.withLock { $0.insert(family).inserted }, "a socket is taken once")
        var way = Way.pingSocket
        if family == .ipv6 { swap(&way, &v6) } else { swap(&way, &v4) }
        switch consume way {
        case .pingSocket: return try EchoSocket.ping(family)
        case .rawSocket(let opened): return try EchoSocket.raw(opened.start(), family)
        case .refused(let error): throw Self.explained(error, family)
        }
    }

    /// A refusal that names both ways out.
    private static func explained(_ error: SocketError, _ family: AddressFamily) -> SocketError {
        guard error.code == .permissionDenied else { return error }
        return SocketError(
            error.code,
            in: error.operation,
            over: .icmp,
            errno: error.errno,
            detail: "ping sockets are for the groups in the sysctl net.ipv4.ping_group_range "
                + "(sysctl -w net.ipv4.ping_group_range='0 2147483647' lets everybody), and a raw "
                + "socket needs the capability CAP_NET_RAW (setcap cap_net_raw+ep, or root)"
        )
    }
}

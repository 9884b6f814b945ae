/// A network interface of this machine, by its index (netdevice(7)).
///
/// ```swift
/// try socket.join(.v4(group), on: NetworkInterface.named("eth0"))
/// ```
public struct NetworkInterface: Hashable, Sendable {
    /// The kernel's number for it; 0 stands for any.
    public let index: UInt32

    /// The interface with an index.
    public init(index: UInt32) { self.index = index }

    /// The kernel chooses: by the route to the group.
    public static let any = NetworkInterface(index: 0)

    /// The interface with a name: if_nametoindex(3).
    ///
    /// - Throws: ``SocketError`` with ``SocketError/Code/nameNotFound``.
    public static func named(_ name: String) throws(SocketError) -> NetworkInterface {
        guard let index = InterfaceName.index(of: name) else {
            throw SocketError(
                .nameNotFound,
                in: .resolve,
                detail: "no interface is named '\(name)'"
            )
        }
        return NetworkInterface(index: index)
    }

    /// Its name now, or nil when it is gone: if_indextoname(3).
    public var name: String? { InterfaceName.name(of: index) }
}

extension NetworkInterface: CustomStringConvertible {
    /// The name, or the index when there is none.
    public var description: String { index == 0 ? "any" : name ?? "#\(index)" }
}

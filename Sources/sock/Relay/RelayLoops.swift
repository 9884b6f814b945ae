import Glibc
import Sockets

/// Sees when a connection that the relay made comes back to it as a client.
///
/// Then the target is the relay itself, by whatever way: relaying such a client would make another
/// connection, and so on until there is no room for more. A connection is known by its two addresses,
/// as both of its ends give them; who learns of it second, the one that made it or the one that it came
/// to, sees the loop.
final class RelayLoops: Sendable {
    /// A connection's addresses: from whoever made it, to whoever it came to.
    private struct Way: Hashable {
        let from: SocketAddress
        let to: SocketAddress
    }

    private struct State {
        var made: Set<Way> = []
        var came: Set<Way> = []
    }

    private let state = Lock(State())

    /// Runs `body` unless the client is one of this relay's own connections; then returns nil.
    func admitting<Result>(
        _ client: some ConversationLine,
        _ body: () async -> Result
    ) async -> Result? {
        guard let way = Self.way(from: client.peerEndpoint, to: client.localEndpoint) else {
            return await body()
        }
        let isOurs = state.withLock { state in
            state.came.insert(way)
            return state.made.contains { $0.from == way.from && Self.isSame($0.to, way.to) }
        }
        defer { state.withLock { _ = $0.came.remove(way) } }
        return isOurs ? nil : await body()
    }

    /// Runs `body` unless the connection has come to this relay; then returns nil.
    func making<Result>(
        _ target: some ConversationLine,
        _ body: () async -> Result
    ) async -> Result? {
        guard
            let local = target.localEndpoint,
            let way = Self.way(from: local, to: target.peerEndpoint)
        else { return await body() }
        let isBack = state.withLock { state in
            state.made.insert(way)
            return state.came.contains { $0.from == way.from && Self.isSame(way.to, $0.to) }
        }
        defer { state.withLock { _ = $0.made.remove(way) } }
        return isBack ? nil : await body()
    }

    /// Whether a Unix client is this process: Unix sockets that call have no addresses.
    static func isOwn(_ client: StreamConnection) -> Bool {
        client.peerAddress.ip == nil
            && (try? client.peerCredentials().processID) == getpid()
    }

    private static func way(from: Endpoint, to: Endpoint?) -> Way? {
        guard let from = from.socketAddress, from.ip != nil, let to = to?.socketAddress else {
            return nil
        }
        return Way(from: from.unmapped, to: to.unmapped)
    }

    /// Whether a place that was called is the one where it came.
    ///
    /// A socket for datagrams that is bound to every address knows its port only.
    private static func isSame(_ called: SocketAddress, _ here: SocketAddress) -> Bool {
        called == here || here.ip?.isAny == true && called.port == here.port
    }
}

extension SocketAddress {
    /// The address without the form of IPv6 that a dual-stack socket gives an IPv4 peer.
    var unmapped: SocketAddress {
        guard case .v6(let ip, let port) = self, let ip = ip.ipv4Mapped else { return self }
        return .v4(ip, port: port)
    }
}

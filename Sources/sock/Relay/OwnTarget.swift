import Glibc
import Sockets

/// Whether a target is the place where one listens oneself.
enum OwnTarget {
    /// Refuses a target that is the relay itself, under whatever name.
    ///
    /// A name that cannot be resolved now may be one later: it is not refused.
    ///
    /// - Parameters:
    ///   - target: Whom clients are to be connected to.
    ///   - here: Where the relay listens by now.
    ///   - isDatagram: Whether it listens for datagrams.
    /// - Throws: A usage failure that names the target.
    static func refuse(
        _ target: Endpoint,
        listeningOn here: SocketAddress,
        isDatagram: Bool
    ) async throws(Failure) {
        guard target.isDatagram == isDatagram else { return }
        for address in await addresses(of: target) where leadsBack(address, to: here) {
            throw Failure(
                .usage,
                "\(target) is where this relay listens itself: it would be its own target"
            )
        }
    }

    private static func addresses(of target: Endpoint) async -> [SocketAddress] {
        switch target.host {
        case .ip, .unix: return [target.socketAddress].compactMap { $0 }
        case .any:
            return [.v4(.loopback, port: target.port), .v6(.loopback, port: target.port)]
        case .name(let name):
            return (try? await Resolver.shared.resolve(name, port: target.port)) ?? []
        }
    }

    /// Whether who calls an address gets to a listener.
    static func leadsBack(_ address: SocketAddress, to here: SocketAddress) -> Bool {
        switch (address.unmapped, here.unmapped) {
        case (.unix(let target), .unix(let here)): return target == here || isSameFile(target, here)
        case (.unix, _), (_, .unix): return false
        case (let target, let here):
            guard target.port == here.port, let called = target.ip, let ip = here.ip else {
                return false
            }
            // "Any" as a target means this machine.
            let loopback = called.isAny
            if !ip.isAny { return called == ip || loopback && ip.isLoopback }
            // Dual-stack, or one family.
            if case .v4 = ip, case .v6 = called { return false }
            return loopback || isLocal(called)
        }
    }

    /// Whether it is an address of this machine: only to such one can a socket be bound.
    private static func isLocal(_ ip: IPAddress) -> Bool {
        let family: AddressFamily = if case .v6 = ip { .ipv6 } else { .ipv4 }
        guard
            let socket = try? DatagramSocket.create(family).bind(to: SocketAddress(ip, port: 0))
        else { return false }
        socket.close()
        return true
    }

    /// Whether two paths name one socket: by links, or by folders.
    private static func isSameFile(_ one: UnixAddress, _ other: UnixAddress) -> Bool {
        guard let one = identity(of: one), let other = identity(of: other) else { return false }
        return one == other
    }

    private static func identity(of address: UnixAddress) -> [UInt]? {
        guard let path = address.pathBytes else { return nil }
        var status = stat()
        let isThere = unsafe (path + [0]).withUnsafeBufferPointer { bytes in
            // Bytes as they are: a path need not be UTF-8.
            unsafe bytes.withMemoryRebound(to: CChar.self) {
                unsafe stat($0.baseAddress.unsafelyUnwrapped, &status) == 0
            }
        }
        guard isThere else { return nil }
        return [UInt(status.st_dev), UInt(status.st_ino)]
    }
}

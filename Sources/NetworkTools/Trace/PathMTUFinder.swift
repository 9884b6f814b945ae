internal import Packets
internal import Sockets

/// Finds a path's MTU with UDP datagrams that must not be broken up.
struct PathMTUFinder: Sendable {
    let destination: IPAddress
    let port: UInt16
    let timeout: Duration

    private var headerSize: Int { (destination.family == .ipv6 ? 40 : 20) + UDPHeader.size }

    /// The MTU, or nil when nothing can be sent.
    func find() async throws -> PathMTU? {
        let family = destination.family
        let socket = try DatagramSocket.create(
            family,
            options: [.set(.pathMTUDiscovery, to: .probe)]
        ).bind(to: family == .ipv6 ? .v6(.any, port: 0) : .v4(.any, port: 0))
        defer { socket.close() }
        var search = PathMTUSearch(isIPv6: family == .ipv6)
        while !search.isOver { try await step(&search, socket) }
        return search.result
    }

    private func step(_ search: inout PathMTUSearch, _ socket: DatagramSocket) async throws {
        let memory = [UInt8](repeating: 0, count: max(0, search.size - headerSize))
        let address = SocketAddress(destination, port: port)
        do throws(SocketError) {
            try await unsafe socket.send(memory.span.bytes, to: address)
        } catch {
            guard error.code == .messageTooLarge else { throw error }
            search.refuseHere(limit: socket.refusedSizeLimit)
            return
        }
        search.send()
        try await withDeadline(.after(timeout)) {
            try await self.wait(&search, socket)
        }
    }

    /// Waits for what becomes of the datagram sent last.
    private func wait(_ search: inout PathMTUSearch, _ socket: DatagramSocket) async throws {
        while true {
            let report: DatagramError
            do throws(SocketError) {
                report = try await socket.receiveError()
            } catch {
                guard error.code == .deadlinePassed else { throw error }
                search.giveUpWaiting()
                return
            }
            guard report.destination == SocketAddress(destination, port: port) else { continue }
            if report.isPortUnreachable {
                search.arrive()
                return
            }
            if report.code == .messageTooLarge {
                let before = search.size
                search.refuse(limit: report.pathMTU, reporter: report.reporter)
                if search.size != before || search.isOver { return }
            }
        }
    }
}

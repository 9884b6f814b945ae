/// prototype
public final class StreamListener: Sendable {
    let socket: PolledSocket
    let group: EventLoopGroup
    public let localAddress: SocketAddress
    init(_ socket: PolledSocket, group: EventLoopGroup, localAddress: SocketAddress) {
        self.socket = socket; self.group = group; self.localAddress = localAddress
    }
    deinit { socket.close() }
    public static func listen<R>(on endpoint: Endpoint, on group: EventLoopGroup = .shared, _ body: (StreamListener) async throws -> R) async throws -> R {
        guard let address = endpoint.socketAddress else { fatalError() }
        let fd = System.createStream(family: System.family(of: address))
        let d = Descriptor(CInt(fd))
        var r = System.bind(d.number, to: address)
        r = System.listen(d.number, backlog: 4096)
        precondition(r == 0)
        let l = StreamListener(PolledSocket(d, loop: group.next()), group: group, localAddress: System.localAddress(CInt(fd))!)
        defer { l.socket.close() }
        return try await body(l)
    }
    public func serve(_ handler: @escaping @Sendable (StreamConnection) async throws -> Void) async throws {
        let group = group
        await withDiscardingTaskGroup { tasks in
          await withTaskExecutorPreference(self.socket.loop) {
            guard case .ready = socket.enter(.reading) else { return }
            while true {
                let (r, peer) = System.accept(socket.number)
                if r < 0 {
                    guard case .ready = await socket.wait(.reading, until: .never) else { break }
                    continue
                }
                let loop = group.next()
                let connection = StreamConnection(PolledSocket(Descriptor(CInt(r)), loop: loop), peerAddress: peer ?? .unix(.unnamed))
                tasks.addTask(executorPreference: loop) {
                    await loop.isolation.run { 
                        await connection.socket.withHome {
                            do { try await handler(connection) } catch {}
                        }
                    }
                    connection.close()
                }
            }
            socket.leave(.reading, ready: false)
          }
        }
    }
}

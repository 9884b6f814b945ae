// FlyingSocks, the sockets under FlyingFox: AsyncSocket over its epoll pool, a child task a connection
// (on Swift's own pool of threads, which the runner pins to one core).

import FlyingSocks
import Foundation

let port = CommandLine.arguments.count > 1 ? UInt16(CommandLine.arguments[1]) ?? 0 : 0
let backlog: Int32 = 4096
let receiveSize = 4096  // what read(atMost:) caps at

func listeningSocket() throws -> Socket {
    let socket = try Socket(domain: AF_INET)
    try socket.setValue(true, for: .localAddressReuse)
    try socket.bind(to: .inet(ip4: "127.0.0.1", port: port))
    try socket.listen(maxPendingConnection: backlog)
    return socket
}

func echo(_ connection: AsyncSocket) async {
    defer { try? connection.close() }
    var on: Int32 = 1
    setsockopt(
        connection.socket.file.rawValue,
        Int32(IPPROTO_TCP),
        TCP_NODELAY,
        &on,
        socklen_t(MemoryLayout<Int32>.size)
    )
    // The end of the stream is an error here (.disconnected), like any other.
    while let bytes = try? await connection.read(atMost: receiveSize) {
        guard (try? await connection.write(Data(bytes))) != nil else { return }
    }
}

let pool = SocketPool.make()
try await pool.prepare()
let listener = try AsyncSocket(socket: listeningSocket(), pool: pool)
guard case .ip4(_, let chosen) = try listener.socket.sockname() else { fatalError("not IPv4") }
FileHandle.standardError.write(Data("listening on tcp://127.0.0.1:\(chosen)\n".utf8))

try await withThrowingDiscardingTaskGroup { tasks in
    tasks.addTask { try await pool.run() }
    for try await connection in listener.sockets {
        tasks.addTask { await echo(connection) }
    }
}

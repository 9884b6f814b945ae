// SwiftNIO with NIOAsyncChannel: async reads and writes in a child task a connection, on one event
// loop thread and Swift's own pool of threads (which the runner pins to the same core).

import Foundation
import NIOCore
import NIOPosix

let port = CommandLine.arguments.count > 1 ? Int(CommandLine.arguments[1]) ?? 0 : 0
let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
let listener = try await ServerBootstrap(group: group)
    .serverChannelOption(.backlog, value: 4096)
    .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
    .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
    .bind(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
            try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
        }
    }
let line = "listening on tcp://127.0.0.1:\(listener.channel.localAddress?.port ?? 0)\n"
FileHandle.standardError.write(Data(line.utf8))

try await withThrowingDiscardingTaskGroup { connections in
    try await listener.executeThenClose { accepted in
        for try await connection in accepted {
            connections.addTask {
                // A connection that breaks ends alone.
                try? await connection.executeThenClose { inbound, outbound in
                    for try await bytes in inbound {
                        try await outbound.write(bytes)
                    }
                }
            }
        }
    }
}

// Ours: the public API as anyone would use it, on one event loop.

import Foundation
import Sockets

let port = CommandLine.arguments.count > 1 ? CommandLine.arguments[1] : "0"
try await StreamListener.listen(
    on: Endpoint("tcp://127.0.0.1:\(port)"),
    loops: EventLoopGroup(count: 1)
) { listener in
    FileHandle.standardError.write(Data("listening on tcp://\(listener.localAddress)\n".utf8))
    try await listener.serve { connection in
        var buffer = ByteBuffer()
        while try await connection.receive(into: &buffer) > 0 {
            try await connection.send(&buffer)  // sends all, and empties it
        }
    }
}

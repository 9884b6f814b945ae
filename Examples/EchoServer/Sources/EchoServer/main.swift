import Foundation
import Sockets

// Sends every byte back, to any number of clients at once.
//
//     EchoServer 127.0.0.1:7777        or ECHO_LISTEN=unix:/run/echo EchoServer

let arguments = CommandLine.arguments.dropFirst()
let environment = ProcessInfo.processInfo.environment
let endpoint = try Endpoint(arguments.first ?? environment["ECHO_LISTEN"] ?? "127.0.0.1:0")

try await StreamListener.listen(on: endpoint) { listener in
    // The real port, when 0 was asked for.
    let words = "listening on \(Endpoint(listener.localAddress))\n"
    FileHandle.standardError.write(Data(words.utf8))

    try await listener.serve { connection in
        var buffer = ByteBuffer()
        while try await connection.receive(into: &buffer) > 0 {
            try await connection.send(&buffer)
        }
    }
}

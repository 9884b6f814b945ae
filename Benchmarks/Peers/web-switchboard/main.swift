// Ours: the public API as anyone would use it, on one event loop.
//
// usage: web-switchboard FOLDER [CERTIFICATE KEY] PORT

import Foundation
import HTTP
import HTTPCodec
import Sockets
import TLS

let words = CommandLine.arguments
guard words.count == 3 || words.count == 5, let port = words.last else {
    fatalError("usage: web-switchboard FOLDER [CERTIFICATE KEY] PORT")
}
let files = try StaticFiles(root: words[1])
let tls =
    words.count == 3
    ? nil
    : try TLSServerConfiguration(identities: [
        TLSIdentity(certificateFile: words[2], keyFile: words[3])
    ])

@Sendable nonisolated(nonsending) func hello(_ response: HTTPServerResponse) async throws {
    response.fields[.contentType] = "text/plain"
    try await response.send("Hello, World!")
}

@Sendable nonisolated(nonsending) func echo(_ socket: WebSocketConnection) async throws {
    while let message = try await socket.receive() {
        switch message {
        case .text(let text): try await socket.send(text)
        case .binary(let bytes): try await socket.send(bytes)
        }
    }
}

try await HTTPServer.listen(
    on: Endpoint("tcp://127.0.0.1:\(port)"),
    tls: tls,
    loops: EventLoopGroup(count: 1)
) { server in
    FileHandle.standardError.write(Data("listening on tcp://\(server.localAddress)\n".utf8))
    try await server.serve { request, response in
        switch request.path {
        case "/hello": try await hello(response)
        case "/echo": try await echo(response.acceptWebSocket())
        default: try await files.respond(to: request, response)
        }
    }
}

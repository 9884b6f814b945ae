import Foundation
import HTTP
import Sockets
import WebSocketCodec

// Sends every message back over WebSocket, as a server or as a client. With it the Autobahn cases
// judge both ends (docs/autobahn.md).
//
//     WebSocketEcho serve 127.0.0.1:8080
//     WebSocketEcho visit 127.0.0.1:9001     a server of cases: goes through all of them

/// What the cases ask for and a service seldom needs: messages of 16 MiB, and compression.
var configuration = WebSocketConfiguration()
configuration.limits.messageSizeLimit = 16 << 20
configuration.limits.frameSizeLimit = 16 << 20
configuration.compresses = true

let arguments = CommandLine.arguments.dropFirst()
switch (arguments.first, arguments.dropFirst().first) {
case ("serve", let endpoint?): try await serve(on: Endpoint(endpoint), configuration)
case ("visit", let endpoint?): try await visit(endpoint, configuration)
default:
    FileHandle.standardError.write(Data("usage: WebSocketEcho serve|visit HOST:PORT\n".utf8))
    exit(64)
}

import Foundation
import HTTP
import Sockets

/// Makes every request a WebSocket, until the process is ended.
func serve(on endpoint: Endpoint, _ configuration: WebSocketConfiguration) async throws {
    try await HTTPServer.listen(on: endpoint) { server in
        // The real port, when 0 was asked for.
        let words = "listening on \(Endpoint(server.localAddress))\n"
        FileHandle.standardError.write(Data(words.utf8))

        try await server.serve { _, response in
            try await echo(response.acceptWebSocket(configuration))
        }
    }
}

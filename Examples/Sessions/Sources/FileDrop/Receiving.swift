import Console
import Sessions
import Sockets

/// Lets anybody put files into a folder, and never outside it.
func receive(on endpoint: Endpoint, into path: String) async throws {
    var handlers = SessionHandlers()
    handlers.files(try FileFolder(path), .put)
    try await SessionServer.listen(on: [endpoint]) { [handlers] server in
        say("listening on \(Endpoint(server.localAddresses[0]))")
        try await server.serve(handlers)
    }
}

import Console
import Sessions
import Sockets

/// Sends 1,000 numbered messages a second to one visitor, and takes its file.
func serve(on endpoint: Endpoint, folder: String, count: Int) async throws {
    var configuration = SessionServerConfiguration()
    configuration.ledger = .folder(folder)
    var handlers = SessionHandlers()
    handlers.files(try FileFolder(folder), .put)

    try await SessionServer.listen(on: [endpoint], configuration) { [handlers] server in
        say("listening on \(Endpoint(server.localAddresses[0]))")
        try await server.serve { session in
            async let files: Void = session.serve(handlers)
            let feed = try await session.log("feed")
            let start = Deadline.now
            for number in 1...count {
                try await session.loop.sleep(until: start.advanced(by: .milliseconds(number)))
                try await feed.post("\(number)")
            }
            try await feed.finish()
            try await files
            server.drain(before: .after(.seconds(5)))
        }
    }
}

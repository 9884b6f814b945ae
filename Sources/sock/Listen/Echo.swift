import Sockets

/// Sends back what comes, until the client's end.
struct Echo {
    private let connection: StreamConnection

    init(_ connection: StreamConnection, _ options: CommonOptions) {
        self.connection = connection
        // What goes back came before, so an idle client is one that sends nothing, or takes nothing.
        connection.idleLimit = options.idle?.duration
    }

    func run() async throws(SocketError) {
        var buffer = ByteBuffer()
        while try await connection.receive(into: &buffer) > 0 {
            try await connection.send(&buffer)
        }
        try await connection.finish()
    }
}

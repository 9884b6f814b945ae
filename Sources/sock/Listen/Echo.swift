import Sockets

/// Sends back what comes, until the client's end.
struct Echo {
    private let wire: Wire

    init(_ wire: Wire, idle: Duration?) {
        self.wire = wire
        // What goes back came before, so an idle client is one that sends nothing, or takes nothing.
        wire.connection.idleLimit = idle
    }

    func run() async throws {
        var buffer = ByteBuffer()
        if wire.isPlain {
            while try await wire.connection.receive(into: &buffer) > 0 {
                try await wire.connection.send(&buffer)
            }
        } else {
            while case let bytes = try await wire.receive(using: &buffer), !bytes.isEmpty {
                try await wire.send(bytes)
            }
        }
        try await wire.finish()
    }
}

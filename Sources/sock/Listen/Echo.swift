import Sockets

/// Sends back what comes, until the client's end.
struct Echo {
    private let wire: Wire<StreamConnection>

    init(_ wire: Wire<StreamConnection>, idle: Duration?) {
        self.wire = wire
        // What goes back came before, so an idle client is one that sends nothing, or takes nothing.
        wire.line.idleLimit = idle
    }

    func run() async throws {
        if wire.isPlain {
            var buffer = ByteBuffer()
            while try await wire.line.receive(into: &buffer) > 0 {
                try await wire.line.send(&buffer)
            }
        } else {
            try await wire.echo()
        }
        try await wire.finish()
    }
}

extension Wire {
    /// Sends every piece back, until the end.
    func echo() async throws {
        while let piece = try await receive() { try await send(piece) }
    }
}

import Sockets

/// Sends back what comes, until the client's end.
struct Echo<Line: ConversationLine> {
    private let wire: Wire<Line>
    private let idle: Duration?

    init(_ wire: Wire<Line>, idle: Duration?) {
        self.wire = wire
        self.idle = idle
    }

    func run() async throws {
        guard let stream = wire.line as? StreamConnection else {
            return try await wire.watched(idle: idle) {
                try await wire.echo()
                try await wire.finish()
            }
        }
        // What goes back came before, so an idle client is one that sends nothing, or takes nothing.
        stream.idleLimit = idle
        if wire.isPlain {
            var buffer = ByteBuffer()
            while try await stream.receive(into: &buffer) > 0 { try await stream.send(&buffer) }
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

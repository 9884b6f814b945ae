internal import Sockets

/// Sends for several tasks, one after the other: a connection takes one sender at a time.
actor Outbound {
    private let connection: StreamConnection
    private var last: Task<Void, any Error>?
    /// What was sent, as far as it says goodbye.
    private(set) var farewell = Farewell()

    init(_ connection: StreamConnection) { self.connection = connection }

    func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) async throws {
        guard !bytes.isEmpty else { return }
        farewell.see(bytes)
        let task = Task { [connection, last] in
            _ = await last?.result
            try await connection.send(bytes)
        }
        last = task
        try await task.value
    }

    /// Says goodbye, unless it was said, and that nothing more will come.
    func leave() async throws {
        if !farewell.isAtLineStart { try await send("\n") }
        if !farewell.isSaid { try await send("bye\n") }
        try await connection.finish()
    }
}

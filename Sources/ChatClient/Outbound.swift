internal import Sockets

/// Sends for several tasks, one after the other: a connection takes one sender at a time.
actor Outbound {
    private let connection: StreamConnection
    private var last: Task<Void, any Error>?
    /// What was sent, as far as it says goodbye.
    private(set) var farewell = Farewell()

    /// What was sent last, from which the peer may be missing something; and what was not sent.
    private var latest: [UInt8] = []
    private var failed: [UInt8] = []

    /// Bytes remembered of each.
    ///
    /// Arbitrary: more than a person types while a connection breaks.
    private static let memorySize = 65_536

    init(_ connection: StreamConnection) { self.connection = connection }

    /// The lines that the server's machine has not confirmed, once the connection is over.
    ///
    /// What it has confirmed the server may still not have read: nobody knows that.
    var notSent: [String] {
        let count = (try? connection.unsentCount()) ?? 0
        let bytes = latest.suffix(count) + failed
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) async throws {
        guard !bytes.isEmpty else { return }
        farewell.see(bytes)
        let task = Task { [connection, last] in
            _ = await last?.result
            try await connection.send(bytes)
        }
        last = task
        do {
            try await task.value
            latest = (latest + bytes).suffix(Self.memorySize)
        } catch {
            failed = (failed + bytes).suffix(Self.memorySize)
            throw error
        }
    }

    /// Says goodbye, unless it was said, and that nothing more will come.
    func leave() async throws {
        if !farewell.isAtLineStart { try await send("\n") }
        if !farewell.isSaid { try await send("bye\n") }
        try await connection.finish()
    }
}

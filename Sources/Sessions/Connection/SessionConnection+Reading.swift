internal import Sockets

// A connection without a task: what comes is fed to the machine by the loop itself.

extension Session {
    /// Carries the session over a connection whose reading pauses, until that is over.
    ///
    /// On the loop's thread; returns at once.
    func read(from connection: SessionConnection, over socket: StreamConnection) {
        connection.session = self
        if !socket.continueReading(by: connection) { connection.readingEnded() }
    }
}

extension SessionConnection: StreamReader {
    func received(_ bytes: RawSpan) -> Reading {
        session?.receive(bytes, over: self) == true ? .more : .end
    }

    func readingEnded() {
        guard let session else { return }
        self.session = nil
        session.disconnected(self)
        session.endIfDrained()
    }
}

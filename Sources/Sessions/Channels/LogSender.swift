public import SessionProtocol
internal import Sockets

/// The sending end of a log: every message, in order, once, across any number of connections.
///
/// ```swift
/// let log = try await session.log("audit")
/// for line in lines { try await log.post(Array(line.utf8)) }
/// try await log.finish()  // returns when the other application has taken all of them
/// ```
/// Letting go of it finishes it.
public final class LogSender: MessageSender, @unchecked Sendable {
    deinit { try? end(.ok) }

    /// Ends the log, and waits until the other application has taken everything.
    ///
    /// - Throws: ``SessionError`` if that will not happen, or when cancelled or too late: the log is
    ///   ended all the same.
    public func finish() async throws(SessionError) {
        try end(.ok)
        try await waitUntilForgotten()
    }
}

extension Session {
    /// Opens a log to the other end.
    ///
    /// Waits while the other end takes no more streams, by default 128.
    ///
    /// - Parameters:
    ///   - name: What the other end knows it by, at most 255 bytes of UTF-8.
    ///   - overflow: What happens when a reader is slow: sending waits (`refuse`), or the oldest message
    ///     is dropped and the reader sees a gap in its place.
    /// - Returns: Its sending end.
    /// - Throws: ``SessionError``.
    public func log(
        _ name: String,
        overflow: Overflow = .refuse
    ) async throws(SessionError) -> LogSender {
        LogSender(self, try await open(.log, name, overflow: overflow))
    }
}

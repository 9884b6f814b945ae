internal import HTTPCodec
internal import Sockets

/// One connection to a server: a request, its response, and then perhaps the next.
///
/// Rule 1. One task at a time has it: from ``ConnectionPool/take(from:fresh:)`` until it is given back.
/// Rule 2. Bytes of a response are taken from the stream only when somebody wants them.
/// Rule 3. It is given back for another request only when both directions are known to be between
///         messages; in any other case it is closed.
final class ClientConnection: @unchecked Sendable {
    // "@unchecked": Rule 1; the pool's lock is between one task and the next.

    let stream: any ByteStream
    let origin: HTTPOrigin
    let intake: MessageIntake<ResponseParser>

    /// How many requests it has carried.
    var requestCount = 0

    /// When it was given back.
    var idleSince = Deadline.never

    /// Whether the stream is somebody else's now, who speaks another protocol on it.
    var isGivenAway = false

    init(_ stream: any ByteStream, to origin: HTTPOrigin, limits: HTTPLimits) {
        self.stream = stream
        self.origin = origin
        intake = MessageIntake(limits: limits)
    }

    deinit { if !isGivenAway { stream.close() } }

    /// Whether no byte of the next response has come.
    var hasReceivedNothing: Bool { intake.parser.isIdle && intake.buffer.isEmpty }

    /// Whether the server, as far as can be told without waiting, keeps it open and silent.
    ///
    /// An end, a reset and bytes nobody asked for all make it useless; a server that closes between
    /// this and the request is met by sending again.
    func isStillOpen() async -> Bool {
        do throws(SocketError) {
            _ = try await withDeadline(.now) { () async throws(SocketError) -> Int in
                try await stream.receive(into: &intake.buffer)
            }
            return false
        } catch {
            return error.code == .deadlinePassed && hasReceivedNothing
        }
    }
}

import Sockets

/// A Unix peer whose queue is full: it makes its sender wait, while a full queue of UDP drops.
///
/// The socket is everybody's, so it is given up between short attempts, and the peer after a while.
enum SlowReader {
    /// One attempt, and the pause after it.
    ///
    /// Arbitrary: a peer that does not read costs the others a quarter of the time.
    static let attempt = Duration.milliseconds(2)
    private static let pause = Duration.milliseconds(6)

    /// How long a peer may not read.
    ///
    /// Arbitrary.
    static let patience = Duration.seconds(1)

    /// Repeats `send`, which gives up after ``attempt``, until it has sent or the patience is over.
    static func sending(
        to address: SocketAddress,
        on loop: EventLoop,
        _ send: () async throws(SocketError) -> Void
    ) async throws(SocketError) {
        let end = Deadline.after(patience)
        while true {
            do throws(SocketError) {
                return try await send()
            } catch {
                guard error.code == .deadlinePassed, !Deadline.current.hasPassed else {
                    throw error
                }
                if end.hasPassed {
                    throw SocketError(
                        .timedOut,
                        in: .send,
                        peer: address,
                        over: .udp,
                        detail: "it has read nothing for \(Seconds(patience))"
                    )
                }
            }
            try await loop.sleep(until: .after(pause))
        }
    }
}

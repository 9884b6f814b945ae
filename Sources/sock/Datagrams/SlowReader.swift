import Sockets

/// A Unix peer whose queue is full: it makes its sender wait, while a full queue of UDP drops.
///
/// The socket is everybody's, so it is given up between short attempts, and the peer after a while.
/// That helps where the kernel limits the peer's queue (net.unix.max_dgram_qlen). It does not for a
/// peer that has connected to this very socket: what that does not read is charged to our send buffer
/// alone (unix_dgram_sendmsg), and once this is full nobody can be sent anything until it reads, or
/// goes. Who may reach the socket's path is the protection.
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

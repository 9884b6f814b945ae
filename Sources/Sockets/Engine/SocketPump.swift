/// Takes in what comes on a socket when no task waits for it: what a connection that is idle nearly always
/// has instead (docs/decisions/0017-nobody-waits.md).
///
/// Touched by the loop's own thread only. It is inside the socket's reading direction from before
/// ``PolledSocket/start(_:)`` until ``PolledSocket/stopPump()``.
class SocketPump {
    /// Called when the socket has become readable or was closed, and to look again.
    func run() {}
}

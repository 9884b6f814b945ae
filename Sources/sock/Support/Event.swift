import Sockets

/// Something to tell whoever runs the command, in words or as JSON.
enum Event {
    case listening(SocketAddress)
    /// A connection has been made, by us or by a client.
    case opened(Guest)
    /// A connection is over; nil when nothing was wrong.
    case closed(Guest, StreamConnectionStatistics, nanoseconds: Int64, reason: String?)
    /// A client was too slow to read what it was sent.
    case dropped(SocketAddress, queuedSizeLimit: Int)
    case retrying(reason: String, pause: Duration, attempt: Int, limit: Int)
    case recordingFailed(path: String, reason: String)
    /// A recording to play ends before its conversations do.
    case cutOff(path: String)
    case failed(String)

    /// Whether it is said without being asked for.
    ///
    /// Everything is with `--json` and `--verbose`.
    var isAlwaysSaid: Bool {
        switch self {
        case .listening, .dropped, .retrying, .recordingFailed, .cutOff, .failed: true
        case .opened, .closed: false
        }
    }

    /// The event for a person: the mistakes begin with the program's name, as is the custom.
    var words: String {
        switch self {
        case .listening(let address): return "listening on \(Endpoint(address))"
        case .opened(let guest):
            let peer = Endpoint(guest.peer)
            return guest.coming == .connected
                ? "connected to \(peer)" : "\(guest.label)\(peer) came"
        case .closed(let guest, let counts, let nanoseconds, let reason):
            let time = Seconds(.nanoseconds(nanoseconds))
            let moved =
                "received \(counts.receivedSize) bytes, sent \(counts.sentSize) bytes in \(time)"
            let words = reason.map { $0.isEmpty ? moved : "\($0); \(moved)" } ?? moved
            return guest.coming == .connected
                ? words : "\(guest.label)\(Endpoint(guest.peer)) left: \(words)"
        case .dropped(let peer, let limit):
            return
                "sock: \(Endpoint(peer)) dropped: it reads too slowly, \(limit) bytes wait for it"
        case .retrying(let reason, let pause, let attempt, let limit):
            return "sock: \(reason); retry \(attempt) of \(limit) in \(Seconds(pause))"
        case .recordingFailed(let path, let reason):
            return "sock: the recording \(path) ends early: \(reason)"
        case .cutOff(let path):
            return "sock: \(path) is cut off: what is there is played"
        case .failed(let message): return "sock: \(message)"
        }
    }

    /// The event for a program.
    var json: JSONLine {
        switch self {
        case .listening(let address):
            return ["event": .text("listening"), "endpoint": .text("\(Endpoint(address))")]
        case .opened(let guest):
            return [
                "event": .text(guest.coming == .connected ? "connected" : "accepted"),
                "connection": .number(guest.number),
                "peer": .text("\(Endpoint(guest.peer))"),
                "local": .text(guest.local.map { "\(Endpoint($0))" } ?? ""),
            ]
        case .closed(let guest, let counts, let nanoseconds, let reason):
            return [
                "event": .text("closed"), "connection": .number(guest.number),
                "peer": .text("\(Endpoint(guest.peer))"),
                "received_size": .number(counts.receivedSize),
                "sent_size": .number(counts.sentSize),
                "duration_ns": .number(Int(nanoseconds)), "reason": .text(reason ?? ""),
            ]
        case .dropped(let peer, let limit):
            return [
                "event": .text("dropped"), "peer": .text("\(Endpoint(peer))"),
                "queued_size_limit": .number(limit),
            ]
        case .retrying(let reason, let pause, let attempt, let limit):
            return [
                "event": .text("retrying"), "reason": .text(reason),
                "pause_ms": .number(Int(pause / .milliseconds(1))),
                "attempt": .number(attempt), "attempt_limit": .number(limit),
            ]
        case .recordingFailed(let path, let reason):
            return [
                "event": .text("recording_failed"), "file": .text(path), "reason": .text(reason),
            ]
        case .cutOff(let path): return ["event": .text("cut_off"), "file": .text(path)]
        case .failed(let message): return ["event": .text("failed"), "message": .text(message)]
        }
    }
}

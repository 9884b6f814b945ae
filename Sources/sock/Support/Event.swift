import Sockets

/// Something to tell whoever runs the command, in words or as JSON.
enum Event {
    case listening(SocketAddress)
    case connected(StreamConnection)
    /// A client has come to a listener.
    case joined(SocketAddress)
    /// A client has gone; nil when nothing was wrong.
    case left(SocketAddress, reason: String?)
    /// A client was too slow to read what it was sent.
    case dropped(SocketAddress, queuedSizeLimit: Int)
    case retrying(reason: String, pause: Duration, attempt: Int, limit: Int)
    /// The transfer is over.
    case finished(StreamConnectionStatistics)
    case failed(String)

    /// Whether it is said without being asked for.
    ///
    /// Everything is with `--json` and `--verbose`.
    var isAlwaysSaid: Bool {
        switch self {
        case .listening, .dropped, .retrying, .failed: true
        case .connected, .joined, .left, .finished: false
        }
    }

    /// The event for a person: the mistakes begin with the program's name, as is the custom.
    var words: String {
        switch self {
        case .listening(let address): "listening on \(Endpoint(address))"
        case .connected(let connection): "connected to \(Endpoint(connection.peerAddress))"
        case .joined(let peer): "\(Endpoint(peer)) came"
        case .left(let peer, let reason?): "\(Endpoint(peer)) left: \(reason)"
        case .left(let peer, nil): "\(Endpoint(peer)) left"
        case .dropped(let peer, let limit):
            "sock: \(Endpoint(peer)) dropped: it reads too slowly, \(limit) bytes wait for it"
        case .retrying(let reason, let pause, let attempt, let limit):
            "sock: \(reason); retry \(attempt) of \(limit) in \(Seconds(pause))"
        case .finished(let counts):
            "received \(counts.receivedSize) bytes, sent \(counts.sentSize) bytes"
        case .failed(let message): "sock: \(message)"
        }
    }

    /// The event for a program.
    var json: JSONLine {
        switch self {
        case .listening(let address):
            ["event": .text("listening"), "endpoint": .text("\(Endpoint(address))")]
        case .connected(let connection):
            [
                "event": .text("connected"),
                "peer": .text("\(Endpoint(connection.peerAddress))"),
                "local": .text(connection.localAddress.map { "\(Endpoint($0))" } ?? ""),
            ]
        case .joined(let peer): ["event": .text("joined"), "peer": .text("\(Endpoint(peer))")]
        case .left(let peer, let reason):
            [
                "event": .text("left"), "peer": .text("\(Endpoint(peer))"),
                "reason": .text(reason ?? ""),
            ]
        case .dropped(let peer, let limit):
            [
                "event": .text("dropped"), "peer": .text("\(Endpoint(peer))"),
                "queued_size_limit": .number(limit),
            ]
        case .retrying(let reason, let pause, let attempt, let limit):
            [
                "event": .text("retrying"), "reason": .text(reason),
                "pause_ms": .number(Int(pause / .milliseconds(1))),
                "attempt": .number(attempt), "attempt_limit": .number(limit),
            ]
        case .finished(let counts):
            [
                "event": .text("finished"), "received_size": .number(counts.receivedSize),
                "sent_size": .number(counts.sentSize),
            ]
        case .failed(let message): ["event": .text("failed"), "message": .text(message)]
        }
    }
}

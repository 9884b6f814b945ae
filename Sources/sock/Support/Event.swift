internal import Escaping
import Files
import Relays
import Sockets

/// Something to tell whoever runs the command, in words or as JSON.
enum Event {
    case listening(Endpoint)
    /// A connection has been made, by us or by a client.
    case opened(Guest)
    /// A connection is over; nil when nothing was wrong.
    case closed(Guest, Traffic, nanoseconds: Int64, reason: String?)
    /// A client was too slow to read what it was sent.
    case dropped(Endpoint, queuedSizeLimit: Int)
    /// So many peers send datagrams that no more are served until one is forgotten.
    case peerLimit(Int)
    /// A datagram was not sent, which ends nothing.
    case unsent(reason: String)
    /// A client with whom no conversation came about.
    case turnedAway(Endpoint, reason: String)
    /// A server's certificate: made for this run, or read again.
    case certificate(ServerCertificate)
    /// A server's certificate could not be read again, and the old one is still shown.
    case notReloaded(reason: String)
    /// A peer is talked to although nobody knows who it is.
    case insecure(Endpoint, reason: String)
    /// What the two ends of a WebSocket tell each other besides messages.
    case control(Endpoint, WebSocketNotice)
    /// What a client's session goes through.
    case session(Endpoint, SessionNotice)
    /// A server's session has come or gone.
    case guest(SessionGuest)
    /// What a topic's entries go through, besides being printed.
    case topic(String, TopicNotice)
    /// What became of a file that was to move.
    case file(FileNotice)
    case retrying(reason: String, pause: Duration, attempt: Int, limit: Int)
    case recordingFailed(path: BytePath, reason: String)
    /// A recording to play ends before its conversations do.
    case cutOff(path: BytePath)
    /// What a download goes through.
    case download(DownloadNotice)
    /// A relay's client has its target.
    case relaying(RelayPassage)
    /// A relayed connection is over.
    case relayed(RelayPassage, RelayReport, nanoseconds: Int64)
    /// All that a relay has done.
    case relayTotals(RelayTotals)
    /// What goes wrong on a relay's way.
    case faults(RelayFaults)
    /// What random faults come from.
    case seed(UInt64)
    /// Something that is done as it was said, and may not have been meant.
    case note(String)
    case failed(String)

    /// Whether it is said without being asked for.
    ///
    /// Everything is with `--json` and `--verbose`.
    var isAlwaysSaid: Bool {
        switch self {
        case .listening, .dropped, .peerLimit, .unsent, .retrying, .recordingFailed, .cutOff,
            .failed, .turnedAway, .notReloaded, .insecure, .relayTotals, .faults, .seed, .note,
            .file:
            true
        case .certificate(let certificate): certificate.isAlwaysSaid
        case .session(_, let notice): notice.isAlwaysSaid
        case .topic(_, let notice): notice.isAlwaysSaid
        case .download(let notice): notice.isAlwaysSaid
        case .opened, .closed, .control, .relaying, .relayed, .guest: false
        }
    }

    /// The event for a person: the mistakes begin with the program's name, as is the custom.
    ///
    /// Whatever a peer has a part in, in an error too, cannot steer a terminal or hide there.
    var words: String { sentence.escaped(.obeyed) }

    private var sentence: String {
        switch self {
        case .listening(let address): return "listening on \(address)"
        case .opened(let guest):
            return guest.coming == .connected
                ? "connected to \(guest.peer)\(guest.remarkWords)"
                : "\(guest.label)\(guest.peer) came\(guest.remarkWords)"
        case .closed(let guest, let counts, let nanoseconds, let reason):
            let moved =
                "\(counts.received), \(counts.sent) in \(Seconds(.nanoseconds(nanoseconds)))"
            let words = reason.map { $0.isEmpty ? moved : "\($0); \(moved)" } ?? moved
            return guest.coming == .connected
                ? words : "\(guest.label)\(guest.peer) left: \(words)"
        case .dropped(let peer, let limit):
            return
                "sock: \(peer) dropped: it reads too slowly, \(limit) bytes wait for it"
        case .peerLimit(let limit):
            return "sock: new peers are ignored while \(limit) are being served"
        case .unsent(let reason): return "sock: \(reason)"
        case .turnedAway(let peer, let reason): return "sock: \(peer) turned away: \(reason)"
        case .certificate(let certificate): return certificate.words
        case .notReloaded(let reason):
            return "sock: the certificate is not replaced: \(reason)"
        case .insecure(let peer, let reason):
            return "sock: INSECURE, nobody knows who \(peer) is (--insecure): \(reason)"
        case .control(let peer, let notice): return "\(peer) \(notice.words)"
        case .session(let peer, let notice): return notice.words(with: peer)
        case .guest(let guest): return guest.words
        case .topic(let topic, let notice): return notice.words(of: topic)
        case .file(let notice): return notice.words
        case .retrying(let reason, let pause, let attempt, let limit):
            return "sock: \(reason); retry \(attempt) of \(limit) in \(Seconds(pause))"
        case .recordingFailed(let path, let reason):
            return "sock: the recording \(path.printable) ends early: \(reason)"
        case .cutOff(let path):
            return "sock: \(path.printable) is cut off: what is there is played"
        case .download(let notice): return notice.words
        case .relaying(let passage): return passage.came
        case .relayed(let passage, let report, let nanoseconds):
            return passage.left(report, nanoseconds: nanoseconds)
        case .relayTotals(let totals): return totals.words
        case .seed(let seed): return "the faults are those of --seed \(seed)"
        case .faults(let faults): return "faults: \(faults.words.joined(separator: "; "))"
        case .note(let note): return "sock: \(note)"
        case .failed(let message): return "sock: \(message)"
        }
    }

    /// The event for a program.
    var json: JSONLine {
        switch self {
        case .listening(let address):
            return ["event": .text("listening"), "endpoint": .text("\(address)")]
        case .opened(let guest):
            var line: JSONLine = [
                "event": .text(guest.coming == .connected ? "connected" : "accepted"),
                "connection": .number(guest.number),
                "peer": .text("\(guest.peer)"),
                "local": .text(guest.local.map { "\($0)" } ?? ""),
            ]
            if let remark = guest.remark { line.append("remark", .text(remark)) }
            return line
        case .closed(let guest, let counts, let nanoseconds, let reason):
            var line: JSONLine = [
                "event": .text("closed"), "connection": .number(guest.number),
                "peer": .text("\(guest.peer)"),
            ]
            counts.append(to: &line)
            line.append("duration_ns", .number(Int(nanoseconds)))
            line.append("reason", .text(reason ?? ""))
            return line
        case .dropped(let peer, let limit):
            return [
                "event": .text("dropped"), "peer": .text("\(peer)"),
                "queued_size_limit": .number(limit),
            ]
        case .peerLimit(let limit):
            return ["event": .text("peer_limit"), "peer_limit": .number(limit)]
        case .unsent(let reason): return ["event": .text("unsent"), "reason": .text(reason)]
        case .turnedAway(let peer, let reason):
            return [
                "event": .text("turned_away"), "peer": .text("\(peer)"), "reason": .text(reason),
            ]
        case .certificate(let certificate): return certificate.json
        case .notReloaded(let reason):
            return ["event": .text("not_reloaded"), "reason": .text(reason)]
        case .insecure(let peer, let reason):
            return [
                "event": .text("insecure"), "peer": .text("\(peer)"), "reason": .text(reason),
            ]
        case .control(let peer, let notice): return notice.json(of: peer)
        case .session(let peer, let notice): return notice.json(with: peer)
        case .guest(let guest): return guest.json
        case .topic(let topic, let notice): return notice.json(of: topic)
        case .file(let notice): return notice.json
        case .retrying(let reason, let pause, let attempt, let limit):
            return [
                "event": .text("retrying"), "reason": .text(reason),
                "pause_ms": .number(Int(pause / .milliseconds(1))),
                "attempt": .number(attempt), "attempt_limit": .number(limit),
            ]
        case .recordingFailed(let path, let reason):
            var line: JSONLine = ["event": .text("recording_failed")]
            line.append("file", path)
            line.append("reason", .text(reason))
            return line
        case .cutOff(let path):
            var line: JSONLine = ["event": .text("cut_off")]
            line.append("file", path)
            return line
        case .download(let notice): return notice.json
        case .relaying(let passage): return passage.json
        case .relayed(let passage, let report, let nanoseconds):
            return passage.json(report, nanoseconds: nanoseconds)
        case .relayTotals(let totals): return totals.json
        // Of 64 bits, which numbers in JSON seldom survive.
        case .seed(let seed): return ["event": .text("seed"), "seed": .text("\(seed)")]
        case .faults(let faults):
            return ["event": .text("faults"), "faults": .texts(faults.words)]
        case .note(let note): return ["event": .text("note"), "message": .text(note)]
        case .failed(let message): return ["event": .text("failed"), "message": .text(message)]
        }
    }
}

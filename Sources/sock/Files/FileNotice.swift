/// What became of a file that was to move between two ends of a session.
enum FileNotice {
    /// It is there, all of it, and is what it was: its SHA-256 was compared.
    case sent(name: String, size: Int, resumedSize: Int, nanoseconds: Int64)
    /// It has come, all of it, and is what it was.
    case received(name: String, size: Int, nanoseconds: Int64)
    /// Its sender has gone before the end; what has come is kept.
    case unfinished(name: String, offset: Int, size: Int)
    /// It has not moved, or not as a whole.
    case failed(name: String, reason: String)
    /// It is none that could move: a socket, a link in a folder.
    case skipped(path: String, reason: String)

    /// The notice for a person.
    var words: String {
        switch self {
        case .sent(let name, let size, let resumedSize, let nanoseconds):
            "sent \(Self.words(name, size, resumedSize, nanoseconds))"
        case .received(let name, let size, let nanoseconds):
            "received \(Self.words(name, size, 0, nanoseconds))"
        case .unfinished(let name, let offset, let size):
            "sock: \(name.printable): \(offset) of \(size) bytes have come; the sender can go on"
        case .failed(let name, let reason): "sock: \(name.printable): \(reason)"
        case .skipped(let path, let reason): "sock: \(path.printable) is left out: \(reason)"
        }
    }

    private static func words(
        _ name: String,
        _ size: Int,
        _ resumedSize: Int,
        _ nanoseconds: Int64
    ) -> String {
        let resumed = resumedSize > 0 ? ", of which \(resumedSize) were there" : ""
        return "\(name.printable): \(size) bytes\(resumed) in \(Seconds(.nanoseconds(nanoseconds)))"
    }

    /// The notice for a program.
    var json: JSONLine {
        switch self {
        case .sent(let name, let size, let resumedSize, let nanoseconds):
            [
                "event": .text("sent"), "file": .text(name), "size": .number(size),
                "resumed_size": .number(resumedSize), "duration_ns": .number(Int(nanoseconds)),
            ]
        case .received(let name, let size, let nanoseconds):
            [
                "event": .text("received"), "file": .text(name), "size": .number(size),
                "duration_ns": .number(Int(nanoseconds)),
            ]
        case .unfinished(let name, let offset, let size):
            [
                "event": .text("file_unfinished"), "file": .text(name),
                "offset": .number(offset), "size": .number(size),
            ]
        case .failed(let name, let reason):
            ["event": .text("file_failed"), "file": .text(name), "reason": .text(reason)]
        case .skipped(let path, let reason):
            ["event": .text("file_skipped"), "file": .text(path), "reason": .text(reason)]
        }
    }
}

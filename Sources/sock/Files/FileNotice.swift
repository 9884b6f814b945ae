import Files

/// What became of a file or a folder that was to move between two ends of a session.
enum FileNotice {
    /// Where files go.
    case receiving(into: BytePath)
    /// It is there, all of it, and is what it was: its SHA-256 was compared.
    case sent(name: BytePath, size: Int, resumedSize: Int, nanoseconds: Int64)
    /// An empty folder is there.
    case sentFolder(name: BytePath)
    /// It has come, all of it, and is what it was.
    case received(name: BytePath, size: Int, nanoseconds: Int64)
    /// Its sender has gone before the end; what has come is kept.
    case unfinished(name: BytePath, offset: Int, size: Int)
    /// It has not moved, or not as a whole.
    case failed(name: BytePath, reason: String)
    /// It is none that could move: a socket, a link in a folder, one that cannot be read.
    case skipped(path: BytePath, reason: String)
    /// Everything that could be sent is there.
    case allSent(SendTotals)
    /// The command ends before that.
    case interrupted(SendTotals)

    /// The notice for a person.
    var words: String {
        switch self {
        case .receiving(let folder): "files go into \(folder.printable)"
        case .sent(let name, let size, let resumedSize, let nanoseconds):
            "sent \(Self.words(name, size, resumedSize, nanoseconds))"
        case .sentFolder(let name): "made the empty folder \(name.printable)"
        case .received(let name, let size, let nanoseconds):
            "received \(Self.words(name, size, 0, nanoseconds))"
        case .unfinished(let name, let offset, let size):
            "sock: \(name.printable): \(offset) of \(size) bytes have come; the sender can go on"
        case .failed(let name, let reason): "sock: \(name.printable): \(reason)"
        case .skipped(let path, let reason): "sock: \(path.printable) is left out: \(reason)"
        case .allSent(let totals): "sent \(totals.words)"
        case .interrupted(let totals): "sock: \(totals.wordsSoFar); the same command goes on"
        }
    }

    private static func words(
        _ name: BytePath,
        _ size: Int,
        _ resumedSize: Int,
        _ nanoseconds: Int64
    ) -> String {
        let resumed = resumedSize > 0 ? ", of which \(resumedSize) were there" : ""
        return "\(name.printable): \(size) bytes\(resumed) in \(Seconds(.nanoseconds(nanoseconds)))"
    }

    /// The notice for a program.
    var json: JSONLine {
        var line: JSONLine = ["event": .text(event)]
        switch self {
        case .receiving(let folder): line.append("folder", folder)
        case .sent(let name, let size, let resumedSize, let nanoseconds):
            line.append("file", name)
            line.append("size", .number(size))
            line.append("resumed_size", .number(resumedSize))
            line.append("duration_ns", .number(Int(nanoseconds)))
        case .sentFolder(let name): line.append("folder", name)
        case .received(let name, let size, let nanoseconds):
            line.append("file", name)
            line.append("size", .number(size))
            line.append("duration_ns", .number(Int(nanoseconds)))
        case .unfinished(let name, let offset, let size):
            line.append("file", name)
            line.append("offset", .number(offset))
            line.append("size", .number(size))
        case .failed(let name, let reason), .skipped(let name, let reason):
            line.append("file", name)
            line.append("reason", .text(reason))
        case .allSent(let totals), .interrupted(let totals): totals.append(to: &line)
        }
        return line
    }

    private var event: String {
        switch self {
        case .receiving: "receiving"
        case .sent: "sent"
        case .sentFolder: "sent_folder"
        case .received: "received"
        case .unfinished: "file_unfinished"
        case .failed: "file_failed"
        case .skipped: "file_skipped"
        case .allSent: "all_sent"
        case .interrupted: "send_interrupted"
        }
    }
}

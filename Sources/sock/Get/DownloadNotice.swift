internal import Files
internal import HTTP

/// What a download goes through, besides failing.
enum DownloadNotice {
    /// The file has come, all of it.
    case stored(path: BytePath, size: Int, resumedSize: Int, nanoseconds: Int64)
    /// It has not, and the next run can go on.
    case kept(part: BytePath, size: Int, total: Int?)
    /// It has not, and the next run could not go on.
    case notKept(size: Int)
    /// What was there is of no use.
    case restarted(HTTPDownload.Restart)
    /// The host has letters beyond ASCII, and another name where names are looked up.
    case alias(written: String, asked: String)

    /// Whether it is said without being asked for.
    var isAlwaysSaid: Bool { if case .stored = self { false } else { true } }

    /// The notice for a person.
    var words: String {
        switch self {
        case .stored(let path, let size, let resumedSize, let nanoseconds):
            let seconds = Double(nanoseconds) / 1e9
            // Of a moment, the milliseconds; of an hour, the minutes.
            let time =
                seconds < 10
                ? "\(Seconds(.nanoseconds(nanoseconds)))" : ProgressText.time(seconds)
            var text = "\(path.printable): \(Self.words(size)) in \(time)"
            if seconds > 0 {
                text += ", \(ProgressText.size(Double(size - resumedSize) / seconds))/s"
            }
            return text + (resumedSize > 0 ? "; \(Self.words(resumedSize)) were there" : "")
        case .kept(let part, let size, let total):
            let share = total.map { "\(Self.words(size)) of \(Self.words($0))" }
            return "sock: \(share ?? Self.words(size)) are in \(part.printable); "
                + "the same command continues"
        case .notKept(let size):
            return "sock: the \(Self.words(size)) that came are not kept: the server says nothing "
                + "by which another run could continue"
        case .restarted(let restart):
            return "sock: begins at 0 again, \(Self.words(restart.size)) were there: "
                + restart.reason.words
        case .alias(let written, let asked):
            return "sock: \(written.printable) is asked as \(asked)"
        }
    }

    private static func words(_ size: Int) -> String { ProgressText.size(Double(size)) }

    /// The notice for a program.
    var json: JSONLine {
        switch self {
        case .stored(let path, let size, let resumedSize, let nanoseconds):
            var line: JSONLine = ["event": .text("stored")]
            line.append("file", path)
            line.append("size", .number(size))
            line.append("resumed_size", .number(resumedSize))
            line.append("duration_ns", .number(Int(nanoseconds)))
            return line
        case .kept(let part, let size, let total):
            var line: JSONLine = ["event": .text("kept")]
            line.append("part", part)
            line.append("size", .number(size))
            if let total { line.append("total", .number(total)) }
            return line
        case .notKept(let size): return ["event": .text("not_kept"), "size": .number(size)]
        case .restarted(let restart):
            return [
                "event": .text("restarted"), "size": .number(restart.size),
                "reason": .text(restart.reason.words),
            ]
        case .alias(let written, let asked):
            return ["event": .text("alias"), "written": .text(written), "asked": .text(asked)]
        }
    }
}

extension HTTPDownload.Restart.Reason {
    /// Why, as a clause.
    fileprivate var words: String {
        switch self {
        case .otherSource: "they are of another URL"
        case .unverifiable:
            "the server gives no strong ETag or date that says what they are a part of"
        case .changed: "it has changed on the server"
        case .notContinued: "the server does not send the rest alone"
        }
    }
}

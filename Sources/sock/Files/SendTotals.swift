/// How far a command that sends files has come.
struct SendTotals: Equatable, Sendable {
    /// Files that are there, of all that were to go.
    var count: Int
    var totalCount: Int
    /// Bytes that are there or were handed over, of all.
    var size: Int
    var totalSize: Int
    var nanoseconds: Int64

    /// All of it is there: `12 files, 126 MB in 3.2 s`.
    var words: String {
        let files = totalCount == 1 ? "1 file" : "\(totalCount) files"
        let time = Seconds(.nanoseconds(nanoseconds))
        return "\(files), \(ProgressText.size(Double(totalSize))) in \(time)"
    }

    /// Some of it is: `3 of 12 files are there, 29 MB of 126 MB`.
    var wordsSoFar: String {
        let sizes =
            "\(ProgressText.size(Double(size))) of \(ProgressText.size(Double(totalSize)))"
        return totalCount == 1
            ? "\(sizes) are there" : "\(count) of \(totalCount) files are there, \(sizes)"
    }

    func append(to line: inout JSONLine) {
        line.append("files", .number(count))
        line.append("total_files", .number(totalCount))
        line.append("size", .number(size))
        line.append("total_size", .number(totalSize))
        line.append("duration_ns", .number(Int(nanoseconds)))
    }
}

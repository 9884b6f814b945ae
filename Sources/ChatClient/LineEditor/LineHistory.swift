/// The lines a person has typed, and where in them ↑ and ↓ have come to.
struct LineHistory: Sendable {
    private let limit: Int
    private var lines: [String] = []
    /// The line shown, counted from the oldest; `lines.count` is the one being typed.
    private var position = 0
    private var draft = ""

    init(limit: Int) { self.limit = limit }

    /// Keeps a line that was sent, unless it is empty or said again.
    mutating func append(_ line: String) {
        if !line.isEmpty, line != lines.last { lines.append(line) }
        if lines.count > limit { lines.removeFirst() }
        position = lines.count
        draft = ""
    }

    /// One step back; `line` is what stands there now.
    mutating func older(than line: String) -> String? {
        guard position > 0 else { return nil }
        if position == lines.count { draft = line }
        position -= 1
        return lines[position]
    }

    /// One step forth, back to the line that was being typed.
    mutating func newer() -> String? {
        guard position < lines.count else { return nil }
        position += 1
        return position == lines.count ? draft : lines[position]
    }
}

/// Finds where lines end, and looks at no byte twice, however the lines are cut.
struct LineFinder: Sendable {
    /// A line that was found.
    struct Line {
        /// The line, without its end.
        let text: Range<Int>
        /// The place behind its end.
        let end: Int
        /// Whether it goes over several lines: ends of lines are within `text`.
        var isFolded = false
    }

    /// Which line ends are taken.
    let tolerance: Tolerance

    /// How many bytes of the line that has not ended were searched already.
    private(set) var searched = 0

    /// How many bytes were searched in all.
    private(set) var examined: UInt64 = 0

    /// Whether the line that has not ended is a folded one so far.
    private var isFolded = false

    init(_ tolerance: Tolerance) { self.tolerance = tolerance }

    /// The line that begins at `start`, or nil if its end is not there yet.
    ///
    /// A line of a request ends with CRLF and nothing else. RFC 9112 §2.2 lets a recipient take a bare LF for an
    /// end; but then two that stand in a row can disagree on where a message ends, and no client needs it.
    ///
    /// It is at most `limit` bytes with its end. If it may be folded, it ends where the next line does not
    /// begin with a blank, so that one byte behind it must be there.
    mutating func line(
        in input: RawSpan,
        from start: Int,
        limit: Int,
        mayBeFolded: Bool = false,
        tooLong: @autoclosure () -> HTTPRule
    ) throws(Breach) -> Line? {
        let end = min(input.byteCount, start + limit)
        var from = min(start + searched, end)
        while let lineFeed = input.firstIndex(of: .lineFeed, in: from..<end) {
            examined &+= UInt64(lineFeed + 1 - from)
            from = lineFeed + 1
            let text = start..<(try textEnd(in: input, from: start, before: lineFeed))
            if mayBeFolded, !text.isEmpty {
                guard from < input.byteCount else {
                    // The line's end is looked at again, for what stands behind it.
                    searched = lineFeed - start
                    examined &-= 1
                    return nil
                }
                if input.byte(at: from).isBlank {
                    isFolded = true
                    continue
                }
            }
            let line = Line(text: text, end: from, isFolded: isFolded)
            searched = 0
            isFolded = false
            return line
        }
        examined &+= UInt64(end - from)
        if end - start >= limit { throw Breach(tooLong(), at: end) }
        searched = end - start
        return nil
    }

    /// Where the text ends of the line that a line feed ends.
    private func textEnd(
        in input: RawSpan,
        from start: Int,
        before lineFeed: Int
    ) throws(Breach) -> Int {
        if lineFeed > start, input.byte(at: lineFeed - 1) == .carriageReturn {
            return lineFeed - 1
        }
        guard tolerance.isTolerant else { throw Breach(.bareLineFeed, at: lineFeed) }
        return lineFeed
    }
}

/// Finds where lines end, and looks at no byte twice, however the lines are cut.
struct LineFinder: Sendable {
    /// How many bytes of the line that has not ended were searched already.
    private(set) var searched = 0

    /// How many bytes were searched in all.
    private(set) var examined: UInt64 = 0

    /// The line that begins at `start`, without its CRLF, or nil if its end is not there yet.
    ///
    /// A line ends with CRLF and nothing else. RFC 9112 §2.2 lets a recipient take a bare LF for an end; but
    /// then two that stand in a row can disagree on where a message ends, and no client needs it.
    ///
    /// It is at most `limit` bytes with its CRLF.
    mutating func line(
        in input: RawSpan,
        from start: Int,
        limit: Int,
        tooLong: @autoclosure () -> HTTPRule
    ) throws(Breach) -> Range<Int>? {
        let end = min(input.byteCount, start + limit)
        let unsearched = min(start + searched, end)..<end
        guard let lineFeed = input.firstIndex(of: .lineFeed, in: unsearched) else {
            examined &+= UInt64(unsearched.count)
            if end - start >= limit { throw Breach(tooLong(), at: end) }
            searched = end - start
            return nil
        }
        examined &+= UInt64(lineFeed + 1 - unsearched.lowerBound)
        searched = 0
        guard lineFeed > start, input.byte(at: lineFeed - 1) == .carriageReturn else {
            throw Breach(.bareLineFeed, at: lineFeed)
        }
        return start..<(lineFeed - 1)
    }
}

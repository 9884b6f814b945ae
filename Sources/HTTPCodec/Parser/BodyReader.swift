import HTTPTypes

/// A message's body, from after its head to its end.
struct BodyReader: Sendable {
    // Rule 1. Every state but `ended` and `untilClose` consumes, or waits for, bytes of this message.
    // Rule 2. `remaining` is positive: what has none left has moved on.
    // Rule 3. From `chunkHead` one gets only to `chunkData` or `trailers`, from `chunkData` only to
    // `chunkEnd`, from `chunkEnd` only to `chunkHead`.
    private enum State: Sendable {
        /// Of a body with a known length.
        case data(remaining: UInt64)
        case chunkHead
        case chunkData(remaining: UInt64)
        case chunkEnd
        case trailers
        case untilClose
        case ended
    }

    enum Event {
        case data(Range<Int>)
        case trailers(HTTPFields)
        case end
    }

    private var state: State

    /// The bytes of body that chunks have announced.
    private var announced: UInt64 = 0

    /// The bytes of chunk extensions so far.
    private var extensionsSize = 0

    init(_ framing: HTTPFraming) {
        state =
            switch framing {
            case .none, .length(0): .ended
            case .length(let length): .data(remaining: length)
            case .chunked: .chunkHead
            case .untilClose: .untilClose
            }
    }

    /// Whether the end of the stream is the end of the body.
    var endsWithStream: Bool {
        if case .untilClose = state { true } else { false }
    }

    /// The next event, or nil if more bytes are needed.
    ///
    /// `section` is empty, and lent for the trailers.
    mutating func next(
        _ input: RawSpan,
        _ consumed: inout Int,
        finder: inout LineFinder,
        section: inout FieldSection,
        limits: HTTPLimits
    ) throws(Breach) -> Event? {
        while true {
            switch state {
            case .data(let remaining):
                return data(input, &consumed, remaining) { $0 > 0 ? .data(remaining: $0) : .ended }
            case .chunkData(let remaining):
                return data(input, &consumed, remaining) {
                    $0 > 0 ? .chunkData(remaining: $0) : .chunkEnd
                }
            case .chunkHead:
                guard try takeChunkHead(input, &consumed, &finder, limits) else { return nil }
            case .chunkEnd:
                guard try takeChunkEnd(input, &consumed, finder.tolerance) else { return nil }
            case .trailers:
                let isComplete = try section.takeLine(
                    input,
                    &consumed,
                    finder: &finder,
                    place: .trailers,
                    limits: limits
                )
                guard let isComplete else { return nil }
                if isComplete {
                    state = .ended
                    let trailers = section.takeOut().fields
                    if !trailers.isEmpty { return .trailers(trailers) }
                }
            case .untilClose:
                let available = UInt64(input.byteCount - consumed)
                guard available > 0 else { return nil }
                // What is within the limit comes first: else it would depend on how the bytes are cut
                // whether it is seen.
                let size = min(available, limits.bodySize - announced)
                guard size > 0 else { throw Breach(.bodyTooLarge, at: consumed) }
                let range = consumed..<(consumed + Int(size))
                announced += size
                consumed = range.upperBound
                return .data(range)
            case .ended:
                return .end
            }
        }
    }

    private mutating func data(
        _ input: RawSpan,
        _ consumed: inout Int,
        _ remaining: UInt64,
        then next: (UInt64) -> State
    ) -> Event? {
        let available = input.byteCount - consumed
        guard available > 0 else { return nil }
        // At most `available`, so it is an Int.
        let size = Int(min(remaining, UInt64(available)))
        let range = consumed..<(consumed + size)
        consumed += size
        state = next(remaining - UInt64(size))
        return .data(range)
    }

    private mutating func takeChunkHead(
        _ input: RawSpan,
        _ consumed: inout Int,
        _ finder: inout LineFinder,
        _ limits: HTTPLimits
    ) throws(Breach) -> Bool {
        let spare = limits.chunkExtensionsSize - extensionsSize
        let line = try finder.line(
            in: input,
            from: consumed,
            limit: ChunkHead.digitsLimit + spare + 2,
            tooLong: .chunkExtensionsTooLarge
        )
        guard let line else { return false }
        let head = try ChunkHead(input, line.text, finder.tolerance)
        guard head.extensions.count <= spare else {
            throw Breach(.chunkExtensionsTooLarge, at: head.extensions.lowerBound + spare)
        }
        extensionsSize += head.extensions.count
        let (total, over) = announced.addingReportingOverflow(head.size)
        guard !over, total <= limits.bodySize else {
            throw Breach(.bodyTooLarge, at: line.text.lowerBound)
        }
        announced = total
        consumed = line.end
        state = head.size > 0 ? .chunkData(remaining: head.size) : .trailers
        return true
    }

    /// CRLF, at once and nothing else: what a size does not cover must not be taken for the next head.
    private mutating func takeChunkEnd(
        _ input: RawSpan,
        _ consumed: inout Int,
        _ tolerance: Tolerance
    ) throws(Breach) -> Bool {
        let available = input.byteCount - consumed
        guard available > 0 else { return false }
        if tolerance.isTolerant, input.byte(at: consumed) == .lineFeed {
            consumed += 1
            state = .chunkHead
            return true
        }
        guard input.byte(at: consumed) == .carriageReturn else {
            throw Breach(.malformedChunkEnd, at: consumed)
        }
        guard available > 1 else { return false }
        guard input.byte(at: consumed + 1) == .lineFeed else {
            throw Breach(.malformedChunkEnd, at: consumed + 1)
        }
        consumed += 2
        state = .chunkHead
        return true
    }
}

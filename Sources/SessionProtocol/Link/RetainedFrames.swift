/// The numbered frames this end has made and the other has not acknowledged, as bytes in order.
///
/// One buffer serves three purposes: what is not sent yet lies behind what is not acknowledged yet,
/// and to resume is to move the border between them back. Frames are found by walking their sizes.
struct RetainedFrames: Sendable {
    private var bytes: [UInt8] = []
    /// Where the first frame not acknowledged begins.
    private var head = 0
    /// Where the first frame not sent on this connection begins.
    private var unsent = 0
    /// How many bytes were before `bytes[0]`.
    private var dropped: UInt64 = 0
    /// Frames acknowledged since the session began.
    private(set) var acknowledgedCount: UInt64 = 0
    /// Frames sent on this connection or acknowledged: where `unsent` stands.
    private var unsentCount: UInt64 = 0

    /// Bytes of kept frames that only this end's application makes: `OPEN` and `CANCEL`.
    private(set) var commandSize = 0

    /// Bytes kept.
    var retainedSize: Int { bytes.count - head }
    /// Bytes to be sent.
    var unsentSize: Int { bytes.count - unsent }
    /// Where the next frame will begin, counted over the whole session.
    var endPosition: UInt64 { dropped + UInt64(bytes.count) }

    /// Adds a frame.
    mutating func append(_ frame: Frame) {
        let start = bytes.count
        frame.write(into: &bytes)
        if frame.isCommand { commandSize += bytes.count - start }
    }

    /// Adds a piece of a message.
    mutating func append(_ header: MessageHeader, _ payload: [UInt8], _ range: Range<Int>) {
        header.write(payloadSize: range.count, into: &bytes)
        bytes.append(contentsOf: payload[range])
    }

    /// Moves whole frames to `output` while it holds less than `limit` bytes.
    mutating func send(into output: inout [UInt8], limit: Int) {
        var end = unsent
        var size = output.count
        while end < bytes.count, size < limit {
            let next = nextFrame(at: end)
            size += next - end
            end = next
            unsentCount += 1
        }
        guard end > unsent else { return }
        output.append(contentsOf: bytes[unsent..<end])
        unsent = end
    }

    /// Forgets the first `count` frames of the session.
    ///
    /// - Throws: if that many were never sent, or fewer than before are meant.
    mutating func acknowledge(_ count: UInt64) throws(Violation) {
        guard mayAcknowledge(count) else {
            throw Violation(.malformed, "an ACK of what was not sent, or was acknowledged before")
        }
        while acknowledgedCount < count {
            let next = nextFrame(at: head)
            if commandSize > 0, Frame.isCommand(type: type(at: head)) { commandSize -= next - head }
            head = next
            acknowledgedCount += 1
        }
        compact()
    }

    /// A new connection: everything not acknowledged is to be sent again.
    mutating func rewind() {
        unsent = head
        unsentCount = acknowledgedCount
    }

    /// Gives the memory back that is not needed while nothing is kept.
    mutating func trim() {
        if bytes.isEmpty { bytes = [] }
    }

    private mutating func compact() {
        guard head == bytes.count || (head > 65_536 && head > bytes.count / 2) else { return }
        dropped += UInt64(head)
        if head == bytes.count {
            bytes.removeAll(keepingCapacity: bytes.capacity <= 131_072)
        } else {
            bytes.removeFirst(head)
        }
        unsent -= head
        head = 0
    }

    private func type(at start: Int) -> UInt8 { bytes[start + (bytes[start] < 0x40 ? 1 : 2)] }

    private func nextFrame(at start: Int) -> Int {
        let first = Int(bytes[start])
        guard first >= 0x40 else { return start + 1 + first }
        return start + 2 + (first & 0x3F) << 8 + Int(bytes[start + 1])
    }
}

extension RetainedFrames {
    /// Turns every kept piece of messages of `stream` between two positions into `WITHDRAWN`,
    /// and overwrites its payload.
    mutating func withdraw(_ stream: UInt64, _ positions: Range<UInt64>) {
        var start = max(positions.lowerBound, dropped + UInt64(head)) - dropped
        while start < bytes.count, start + dropped < positions.upperBound {
            let next = nextFrame(at: Int(start))
            withdrawFrame(Int(start)..<next, of: stream)
            start = UInt64(next)
        }
    }

    private mutating func withdrawFrame(_ range: Range<Int>, of stream: UInt64) {
        let typePlace = range.lowerBound + (bytes[range.lowerBound] < 0x40 ? 1 : 2)
        let type = bytes[typePlace]
        guard type & 0xF8 == MessageHeader.type else { return }
        var reader = FieldReader(typePlace + 1..<range.upperBound)
        let header = try? MessageHeader(type: type, &reader, bytes.rawSpan)
        guard header?.stream == stream else { return }
        bytes[typePlace] |= MessageHeader.withdrawnFlag
        for place in reader.offset..<range.upperBound { bytes[place] = 0 }
    }

    /// The frames kept, first to last.
    func withEachFrame(_ body: (Frame) -> Void) {
        var start = head
        while start < bytes.count {
            let next = nextFrame(at: start)
            let typePlace = start + (bytes[start] < 0x40 ? 1 : 2)
            if let frame = try? Frame(bytes.rawSpan, typePlace..<next) { body(frame) }
            start = next
        }
    }

    /// Traps unless the borders agree with the frames.
    func checkInvariants() {
        precondition(head <= unsent && unsent <= bytes.count, "kept before sent before made")
        var place = head
        var count = acknowledgedCount
        while place < unsent {
            place = nextFrame(at: place)
            count += 1
        }
        precondition(place == unsent, "the unsent begin with a frame")
        precondition(count == unsentCount, "as many were sent as are counted")
        while place < bytes.count { place = nextFrame(at: place) }
        precondition(place == bytes.count, "kept bytes are whole frames")
        precondition(commandSize <= retainedSize, "commands are among what is kept")
    }
}

extension RetainedFrames {
    /// Whether the other end may have received `count` frames in all, and says no less than before.
    ///
    /// More than was sent on the latest connection it cannot: what it had received of earlier ones
    /// was fixed when that one began.
    func mayAcknowledge(_ count: UInt64) -> Bool {
        count >= acknowledgedCount && count <= unsentCount
    }
}

/// Whether the lines of a recording make sense together, and what conversations they hold.
///
/// The rules, beside those of each line: time does not go back. A connection is opened once, with a
/// number above all before; its events come between `opened` and `closed`. Nothing goes a way that
/// has ended, nothing at all after a reset. The totals of `closed`, where they are given, are true.
struct RecordingLedger {
    /// Conversations of one recording.
    ///
    /// Arbitrary: each costs a few hundred bytes of memory here.
    static let conversationLimit = 1_000_000

    /// All of them, in the order of opening.
    private(set) var conversations: [RecordedConversation] = []
    /// The most that were open at once.
    private(set) var openPeak = 0

    /// Numbers of those that are open, and where they are in `conversations`.
    private var open: [Int: Int] = [:]
    private var now: Int64 = 0

    /// Whether every conversation is there to its end.
    var isWhole: Bool { open.isEmpty }

    /// Takes the event of a line.
    mutating func take(
        _ event: RecordingEvent,
        line: Int,
        offset: Int64
    ) throws(RecordingError) {
        func mistake(_ what: String) -> RecordingError { .init(line: line, what: what) }
        guard event.nanoseconds >= now else { throw mistake("time goes back here") }
        now = event.nanoseconds
        if case .opened(_, let peer) = event.kind {
            guard event.connection > (conversations.last?.number ?? 0) else {
                throw mistake(
                    "connection \(event.connection) is opened again, or after one of a higher number"
                )
            }
            guard conversations.count < Self.conversationLimit else {
                throw mistake("more than \(Self.conversationLimit) connections")
            }
            open[event.connection] = conversations.count
            openPeak = max(openPeak, open.count)
            conversations.append(
                RecordedConversation(event, peer: peer, line: line, offset: offset)
            )
            return
        }
        guard let index = open[event.connection] else {
            throw mistake("connection \(event.connection) is not open")
        }
        if let what = conversations[index].take(event) { throw mistake(what) }
        if conversations[index].isWhole { open[event.connection] = nil }
    }
}

/// One connection of a recording: where it begins in the file, and what is in it.
struct RecordedConversation: Equatable, Sendable {
    let number: Int
    let peer: String?
    /// Of its `opened` in the file.
    let line: Int
    let offset: Int64
    let openedNanoseconds: Int64

    private(set) var lastNanoseconds: Int64
    private(set) var receivedSize = 0
    private(set) var sentSize = 0
    /// Of its events with bytes: datagrams, if it was of those.
    private(set) var receivedCount = 0
    private(set) var sentCount = 0
    private(set) var receivedHasEnded = false
    private(set) var sentHasEnded = false
    private(set) var reset: RecordingEvent.Way?
    /// Whether its `closed` is there.
    private(set) var isWhole = false

    init(_ event: RecordingEvent, peer: String?, line: Int, offset: Int64) {
        number = event.connection
        self.peer = peer
        self.line = line
        self.offset = offset
        openedNanoseconds = event.nanoseconds
        lastNanoseconds = event.nanoseconds
    }

    func size(_ way: RecordingEvent.Way) -> Int { way == .received ? receivedSize : sentSize }

    func count(_ way: RecordingEvent.Way) -> Int { way == .received ? receivedCount : sentCount }

    func hasEnded(_ way: RecordingEvent.Way) -> Bool {
        way == .received ? receivedHasEnded : sentHasEnded
    }

    /// Says what is wrong, or nil.
    mutating func take(_ event: RecordingEvent) -> String? {
        lastNanoseconds = event.nanoseconds
        switch event.kind {
        case .opened: preconditionFailure("opened is the ledger's")
        case .bytes(let way, let bytes):
            if let what = refusal(way) { return what }
            // A sum of lengths of lines: no file is long enough to overflow it.
            if way == .received {
                receivedSize += bytes.count
                receivedCount += 1
            } else {
                sentSize += bytes.count
                sentCount += 1
            }
        case .end(let way):
            if let what = refusal(way) { return what }
            if way == .received { receivedHasEnded = true } else { sentHasEnded = true }
        case .reset(let way):
            if reset != nil { return "connection \(number) has been reset before" }
            reset = way
        case .closed(let received, let sent, _):
            if let received, received != receivedSize {
                return
                    "received_size is \(received), and the lines before have \(receivedSize) bytes"
            }
            if let sent, sent != sentSize {
                return "sent_size is \(sent), and the lines before have \(sentSize) bytes"
            }
            isWhole = true
        }
        return nil
    }

    private func refusal(_ way: RecordingEvent.Way) -> String? {
        if reset != nil { return "connection \(number) has been reset before" }
        return hasEnded(way) ? "what was \(way.rawValue) has ended before" : nil
    }
}

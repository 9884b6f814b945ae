/// Compares what a live peer answers with what the recorded one did.
struct AnswerCheck {
    /// The first byte that differs.
    struct Difference: Error, Equatable {
        /// Which datagram, from 1; nil in a stream.
        var datagram: Int?
        /// In the datagram, or in what came on this connection, from 0.
        var offset: Int
        /// What the recording has there, and what came: as many bytes as are worth showing; nothing
        /// for the end.
        var expected: [UInt8]
        var got: [UInt8]
    }

    /// Bytes of each side that are shown.
    private static let shownSize = 16

    private var events: RecordedEvents
    private let isDatagram: Bool
    private var datagramCount = 0
    private let way: RecordingEvent.Way
    /// A recording that is cut off says nothing of what comes later.
    private let isWhole: Bool
    private var expected: ArraySlice<UInt8> = []
    private var offset = 0
    private var isPastEnd = false

    init(
        _ file: RecordingFile,
        _ conversation: RecordedConversation,
        _ way: RecordingEvent.Way,
        isDatagram: Bool
    ) {
        events = file.events(of: conversation)
        self.isDatagram = isDatagram
        self.way = way
        isWhole = conversation.isWhole
    }

    /// Takes what came next: the next datagram, whose borders are compared too, or the next bytes.
    mutating func take(_ bytes: [UInt8]) throws {
        if isDatagram { try takeDatagram(bytes) } else { try takeBytes(bytes) }
    }

    private mutating func takeDatagram(_ bytes: [UInt8]) throws {
        datagramCount += 1
        guard let wanted = try nextPiece() else {
            if isWhole { throw difference(0, [], bytes[...]) }
            return
        }
        if bytes == wanted { return }
        let same = zip(bytes, wanted).prefix { $0 == $1 }.count
        throw difference(same, wanted.dropFirst(same), bytes.dropFirst(same))
    }

    private func difference(
        _ offset: Int,
        _ wanted: ArraySlice<UInt8>,
        _ got: ArraySlice<UInt8>
    ) -> Difference {
        Difference(
            datagram: datagramCount,
            offset: offset,
            expected: Array(wanted.prefix(Self.shownSize)),
            got: Array(got.prefix(Self.shownSize))
        )
    }

    private mutating func takeBytes(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty, !isPastEnd {
            guard try fill() else { return try checkEnd(rest) }
            let length = min(rest.count, expected.count)
            if rest.prefix(length) != expected.prefix(length) {
                let same = zip(rest, expected).prefix { $0 == $1 }.count
                expected.removeFirst(same)
                offset += same
                throw try difference(rest.dropFirst(same))
            }
            rest.removeFirst(length)
            expected.removeFirst(length)
            offset += length
        }
    }

    /// Nothing more comes.
    mutating func finish() throws {
        if isDatagram { return }
        if try !isPastEnd && fill() { throw try difference([]) }
    }

    private mutating func checkEnd(_ rest: ArraySlice<UInt8>) throws {
        if isWhole { throw try difference(rest) }
        isPastEnd = true
    }

    /// Whether something is expected.
    private mutating func fill() throws -> Bool {
        while expected.isEmpty {
            guard let piece = try nextPiece() else { return false }
            expected = piece[...]
        }
        return true
    }

    private mutating func nextPiece() throws -> [UInt8]? {
        while let event = try events.next() {
            if case .bytes(way, let bytes) = event.kind { return bytes }
        }
        return nil
    }

    private mutating func difference(_ got: ArraySlice<UInt8>) throws -> Difference {
        var shown = Array(expected.prefix(Self.shownSize))
        expected = []
        while shown.count < Self.shownSize, try fill() {
            shown += expected.prefix(Self.shownSize - shown.count)
            expected = []
        }
        return Difference(
            offset: offset,
            expected: shown,
            got: Array(got.prefix(Self.shownSize))
        )
    }
}

extension AnswerCheck.Difference: CustomStringConvertible {
    var description: String {
        (datagram.map { "datagram \($0) of the answer" } ?? "the answer")
            + " differs at byte \(offset): expected \(Self.shown(expected)), got"
            + " \(Self.shown(got))"
    }

    /// `68 69 0a |hi.|`, as in a hex dump, or "the end".
    private static func shown(_ bytes: [UInt8]) -> String {
        if bytes.isEmpty { return "the end" }
        return "\(hex(bytes)) |\(HexDump.ascii(bytes))|"
    }

    static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
    }
}

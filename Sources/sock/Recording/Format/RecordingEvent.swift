/// One line of a recording: what happened to one connection, and when (docs/recording-format.md).
struct RecordingEvent: Equatable, Sendable {
    /// Which way, as seen by the one who recorded.
    enum Way: String, Sendable {
        case received
        case sent

        var opposite: Way { self == .received ? .sent : .received }
    }

    enum Kind: Equatable, Sendable {
        /// Connected or accepted.
        case opened(local: String?, peer: String?)
        /// Bytes that came or went: a piece of a stream, or one whole datagram.
        case bytes(Way, [UInt8])
        /// The half-close: nothing more that way.
        case end(Way)
        /// The connection was reset: `received` by the peer, `sent` by the recording side.
        case reset(Way)
        /// Over; with the totals, and what was wrong.
        case closed(receivedSize: Int?, sentSize: Int?, reason: String?)
    }

    /// Since the recording began.
    var nanoseconds: Int64
    /// Counted from 1 in the order of opening.
    var connection: Int
    var kind: Kind

    /// Bytes of one event at most; longer pieces of a stream become several.
    ///
    /// 64 KiB: what is received at once, and more than any UDP datagram.
    static let payloadSizeLimit = 65_536
}

/// The first line of a recording.
struct RecordingHeader: Equatable, Sendable {
    /// What the one who recorded did: decides whom a replay plays.
    enum Side: String, Sendable {
        case connect
        case listen
    }

    var side: Side
    /// What was connected to or listened on.
    var endpoint: String?
    /// When the recording began, in nanoseconds since 1970 (UTC), for people; nothing counts on it.
    var beganNanoseconds: Int64?

    /// The value of the member `format`.
    static let format = "sock-recording"
    /// The version this program writes, and the only one it reads.
    static let version: Int64 = 1
}

/// What is wrong with a recording, and in which line of it.
struct RecordingError: Error, Equatable, CustomStringConvertible {
    /// Counted from 1.
    var line: Int
    var what: String

    var description: String { "line \(line): \(what)" }
}

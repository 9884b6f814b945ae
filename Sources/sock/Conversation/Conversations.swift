import Sockets
import Synchronization

/// The connections of a command: numbers them, tells of their coming and going, and gives each its
/// wire.
final class Conversations: Sendable {
    let options: ConversationOptions
    let idle: Duration?
    let announcer: Announcer
    private let recorder: Recorder?
    private let screen: HexScreen?
    private let count = Atomic<Int>(0)

    init(
        _ options: ConversationOptions,
        idle: Duration?,
        _ announcer: Announcer,
        _ recorder: Recorder?
    ) {
        self.options = options
        self.idle = idle
        self.announcer = announcer
        self.recorder = recorder
        screen = options.hex ? HexScreen() : nil
    }

    /// How a connection came about.
    enum Coming {
        /// We called.
        case connected
        /// They called; they are the only one.
        case accepted
        /// They called, as others do.
        case acceptedOfMany
    }

    /// Runs `body` with the wire of a line, tells of it before and after, and closes the line.
    func hold<Line: ConversationLine>(
        _ line: Line,
        _ coming: Coming,
        _ body: (Wire<Line>) async throws -> Void
    ) async throws {
        defer { line.close() }
        let start = ContinuousClock.now
        let number = count.add(1, ordering: .relaxed).newValue
        let guest = Guest(line, number: number, coming)
        let recording = recorder.map { ConversationRecording(line, $0) }
        let wire = Wire(
            line: line,
            dumps: screen?.dumps(label: guest.label, isDatagram: line.isDatagram),
            pacer: options.rate.map { Pacer($0) },
            recording: recording
        )
        announcer.tell(.opened(guest))
        func end(_ reason: String?) {
            recording?.closed(reason: reason)
            announcer.tell(
                .closed(
                    guest,
                    line.traffic,
                    nanoseconds: start.nanosecondsSince,
                    reason: reason
                )
            )
        }
        do {
            try await body(wire)
            end(nil)
        } catch {
            end(Task.isCancelled ? "interrupted" : Failure(error).message ?? "")
            throw error
        }
    }
}

/// Who a connection is with, as it is told.
struct Guest {
    /// Counted from 1 in the order of coming.
    let number: Int
    let local: Endpoint?
    let peer: Endpoint
    let coming: Conversations.Coming
    let remark: String?

    init(_ line: some ConversationLine, number: Int, _ coming: Conversations.Coming) {
        self.number = number
        self.coming = coming
        local = line.localEndpoint
        peer = line.peerEndpoint
        remark = line.remark
    }

    /// What is added to the peer's name; nothing where there is nothing to add.
    var remarkWords: String { remark.map { " (\($0))" } ?? "" }

    /// What tells lines of one connection from those of another; nothing where there is one.
    var label: String { coming == .acceptedOfMany ? "#\(number) " : "" }
}

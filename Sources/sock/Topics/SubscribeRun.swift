import Sessions
import Sockets

/// A subscription through any number of sessions.
final class SubscribeRun: Sendable {
    struct State {
        /// Nil until the first session knows the epoch.
        var reader: TopicReader?
        var left: Int?
    }

    private let topic: String
    private let output: PieceOutput
    private let place: TopicPlace?
    private let state: Lock<State>

    init(
        _ topic: String,
        from place: TopicPlace?,
        last: Int?,
        count: Int?,
        _ output: PieceOutput
    ) {
        self.topic = topic
        self.place = place
        self.output = output
        var reader: TopicReader?
        if let last {
            reader = TopicReader(from: .last(last))
        } else if place == nil {
            reader = TopicReader(from: .now)
        }
        state = Lock(State(reader: reader, left: count))
    }

    /// Prints until there is enough, or the session is over.
    func read(in session: Session, _ announcer: Announcer) async throws {
        let start = try await start(in: session)
        let subscription = try await session.subscribe(to: topic, from: start)
        while let event = try await subscription.next() {
            let action = state.withLock { $0.reader?.take(event) ?? .nothing }
            switch action {
            case .print(let entry, let epoch, let isRetained):
                try await print(entry, epoch, isRetained)
                if isEnough() { return }
            case .tellGap(let epoch, let first, let end):
                let notice = TopicNotice.gap(epoch: epoch, first: first, end: end)
                // In its place, where that can be seen.
                if announcer.isJSON {
                    try await output.write(gap: notice.json(of: topic))
                } else {
                    announcer.tell(.topic(topic, notice))
                }
            case .tellSubscribers(let count):
                announcer.tell(.topic(topic, .subscribers(count)))
            case .nothing: break
            }
        }
        throw Failure(.failed, "the server has ended the subscription")
    }

    private func start(in session: Session) async throws -> TopicStart {
        if let reader = state.withLock({ $0.reader }) { return reader.start }
        guard let place else { return .now }
        let epoch: UInt64
        if let known = place.epoch {
            epoch = known
        } else {
            epoch = try await presentEpoch(in: session)
        }
        let start = TopicStart.position(TopicPosition(epoch: epoch, offset: place.offset))
        state.withLock { $0.reader = TopicReader(from: start) }
        return start
    }

    /// The first thing that every subscription says.
    private func presentEpoch(in session: Session) async throws -> UInt64 {
        let subscription = try await session.subscribe(to: topic)
        while let event = try await subscription.next() {
            if case .position(let position) = event { return position.epoch }
        }
        throw Failure(.failed, "the server does not say what there is of the topic")
    }

    private func print(_ entry: TopicEntry, _ epoch: UInt64, _ isRetained: Bool) async throws {
        var members: JSONLine = [
            "topic": .text(topic), "epoch": .text("\(epoch)"),
            "offset": .number(Int(clamping: entry.offset)),
        ]
        if isRetained { members.append("retained", .flag(true)) }
        try await output.write(entry.bytes, members)
    }

    private func isEnough() -> Bool {
        state.withLock { state in
            guard let left = state.left else { return false }
            state.left = left - 1
            return left <= 1
        }
    }
}

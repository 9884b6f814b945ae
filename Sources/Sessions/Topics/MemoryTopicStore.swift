internal import DequeModule
internal import Digests
public import SessionProtocol
internal import Sockets

/// Topics in memory: the latest entries of each, as long as the process lives.
///
/// Its epoch is random, so that nobody takes the offsets of a restarted process for the old ones.
public final class MemoryTopicStore: TopicStore {
    /// What bounds it.
    public struct Limits: Hashable, Sendable {
        /// Topics there may be; publishing to one more is refused.
        ///
        /// Arbitrary.
        public var topicLimit = 10_000
        /// Entries kept of a topic; the oldest goes.
        ///
        /// Arbitrary.
        public var entryLimit = 10_000
        /// Bytes kept of a topic, each entry with 32 more than it has; the oldest goes.
        ///
        /// 16 MiB, arbitrary.
        public var topicSizeLimit = 16_777_216
        /// Bytes kept of all topics; beyond it a topic's oldest entries go for its new ones, and what does not
        /// fit even so is refused.
        ///
        /// 256 MiB, arbitrary.
        public var sizeLimit = 268_435_456

        /// The defaults.
        public init() {}
    }

    struct Topic {
        var entries: Deque<TopicEntry> = []
        var nextOffset: UInt64 = 0
        var retained: TopicEntry?
        /// Of entries and retained value, in bytes.
        var size = 0
    }

    struct State {
        var topics: [WireName: Topic] = [:]
        var size = 0
    }

    private let limits: Limits
    private let epoch: UInt64
    private let state = Lock(State())

    /// An empty store.
    public init(_ limits: Limits = .init()) {
        self.limits = limits
        epoch = RandomBytes.make(8).reduce(0) { $0 << 8 | UInt64($1) } >> 2
    }

    /// What an entry takes beside its bytes.
    fileprivate static let entryOverhead = 32

    fileprivate static func charge(_ entry: TopicEntry?) -> Int {
        entry.map { $0.bytes.count + entryOverhead } ?? 0
    }

    /// Adds an entry; drops the oldest beyond the limits.
    ///
    /// - Throws: ``CallRefusal`` with `limit` beyond ``Limits/topicLimit`` and ``Limits/sizeLimit``.
    public func append(
        _ bytes: [UInt8],
        to topic: WireName,
        isRetained: Bool
    ) async throws -> TopicPosition {
        try state.withLock { state throws(CallRefusal) in
            let isNew = state.topics[topic] == nil
            guard !isNew || state.topics.count < limits.topicLimit else {
                throw CallRefusal(.limit, "no more topics")
            }
            let kept = isRetained ? nil : state.topics[topic]?.retained
            let least =
                (bytes.count + Self.entryOverhead) * (isRetained ? 2 : 1) + Self.charge(kept)
            // What others leave of the whole: a topic makes room for its new entries from its own.
            let room = limits.sizeLimit - (state.size - (state.topics[topic]?.size ?? 0))
            guard least <= room else { throw CallRefusal(.limit, "no more room for entries") }
            // In place: with two owners, all entries would be copied.
            let (entry, growth) = state.topics[topic, default: Topic()].add(
                bytes,
                isRetained,
                countLimit: limits.entryLimit,
                sizeLimit: min(limits.topicSizeLimit, room)
            )
            state.size += growth
            return TopicPosition(epoch: epoch, offset: entry.offset)
        }
    }

    /// What there is of a topic.
    public func bounds(of topic: WireName) async throws -> TopicBounds {
        state.withLock { state in
            let kept = state.topics[topic] ?? Topic()
            return TopicBounds(
                epoch: epoch,
                firstOffset: kept.entries.first?.offset ?? kept.nextOffset,
                nextOffset: kept.nextOffset,
                retained: kept.retained
            )
        }
    }

    /// Entries from an offset on.
    public func entries(
        of topic: WireName,
        from offset: UInt64,
        limit: Int
    ) async throws -> [TopicEntry] {
        state.withLock { state in
            guard let entries = state.topics[topic]?.entries, let first = entries.first?.offset,
                offset < first + UInt64(entries.count)
            else { return [] }
            let start = offset > first ? Int(offset - first) : 0
            return Array(entries[start..<min(entries.count, start + max(1, limit))])
        }
    }
}

extension MemoryTopicStore.Topic {
    /// Gives the entry, and by how many bytes the topic has grown.
    fileprivate mutating func add(
        _ bytes: [UInt8],
        _ isRetained: Bool,
        countLimit: Int,
        sizeLimit: Int
    ) -> (TopicEntry, growth: Int) {
        let before = size
        let entry = TopicEntry(offset: nextOffset, bytes: bytes)
        nextOffset += 1
        entries.append(entry)
        size += MemoryTopicStore.charge(entry)
        if isRetained {
            size += MemoryTopicStore.charge(entry) - MemoryTopicStore.charge(retained)
            retained = entry
        }
        while entries.count > max(1, countLimit) || (size > sizeLimit && entries.count > 1) {
            size -= MemoryTopicStore.charge(entries.removeFirst())
        }
        return (entry, size - before)
    }
}

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
        /// Bytes of memory that a topic takes; the oldest entry goes.
        ///
        /// 16 MiB, arbitrary.
        public var topicSizeLimit = 16_777_216
        /// Bytes of memory that all topics take; beyond it a topic's oldest entries go for its new ones, and what does not
        /// fit even so is refused.
        ///
        /// 256 MiB, arbitrary.
        public var sizeLimit = 268_435_456

        /// The defaults.
        public init() {}
    }

    struct Topic {
        var entries = PackedEntries()
        var retained: TopicEntry?

        /// Bytes of memory it takes, but for its name.
        var size: Int {
            MemoryTopicStore.topicOverhead + entries.size + MemoryTopicStore.charge(retained)
        }
    }

    struct State {
        var topics: [WireName: Topic] = [:]
        /// Bytes of memory that all of them take.
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

    /// What a topic takes before its first entry: its place of 64 bytes in a dictionary that has room to
    /// grow, up to three times that, and what the heap needs for its name and its list of chunks.
    fileprivate static let topicOverhead = 256

    /// What an array takes besides its bytes: its header, malloc's, and rounding up.
    private static let arrayOverhead = 48

    fileprivate static func charge(_ entry: TopicEntry?) -> Int {
        entry.map { $0.bytes.count + arrayOverhead } ?? 0
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
            let place = state.topics.index(forKey: topic)
            guard place != nil || state.topics.count < limits.topicLimit else {
                throw CallRefusal(.limit, "no more topics")
            }
            let present = place.map {
                (state.topics.values[$0].size, state.topics.values[$0].retained)
            }
            let nameSize = place == nil ? topic.bytes.count : 0
            // With what is new and cannot go at once.
            let least =
                Self.topicOverhead + nameSize + PackedEntries.greatestCharge(bytes.count)
                + (isRetained ? bytes.count + Self.arrayOverhead : Self.charge(present?.1))
            // What others leave of the whole: a topic makes room for its new entries from its own.
            let room = limits.sizeLimit - (state.size - (present?.0 ?? 0))
            guard least <= room else { throw CallRefusal(.limit, "no more room for entries") }
            // In place: with two owners, all entries would be copied.
            let (offset, size) = state.topics[topic, default: Topic()].add(
                bytes,
                isRetained,
                countLimit: limits.entryLimit,
                sizeLimit: min(limits.topicSizeLimit, room - nameSize)
            )
            state.size += size - (present?.0 ?? 0) + nameSize
            return TopicPosition(epoch: epoch, offset: offset)
        }
    }

    /// What there is of a topic.
    public func bounds(of topic: WireName) async throws -> TopicBounds {
        state.withLock { state in
            let kept = state.topics[topic]
            return TopicBounds(
                epoch: epoch,
                firstOffset: kept?.entries.firstOffset ?? 0,
                nextOffset: kept?.entries.nextOffset ?? 0,
                retained: kept?.retained
            )
        }
    }

    /// Entries from an offset on.
    public func entries(
        of topic: WireName,
        from offset: UInt64,
        limit: Int
    ) async throws -> [TopicEntry] {
        state.withLock { $0.topics[topic]?.entries.entries(from: offset, limit: limit) ?? [] }
    }
}

extension MemoryTopicStore.Topic {
    /// Gives the entry's offset, and what the topic takes with it.
    fileprivate mutating func add(
        _ bytes: [UInt8],
        _ isRetained: Bool,
        countLimit: Int,
        sizeLimit: Int
    ) -> (offset: UInt64, size: Int) {
        let offset = entries.nextOffset
        entries.append(bytes)
        // A copy of its own size: what came may have more memory than it uses.
        if isRetained {
            let copy = unsafe bytes.withUnsafeBytes { unsafe Array($0) }
            retained = TopicEntry(offset: offset, bytes: copy)
        }
        while entries.count > max(1, countLimit) || (size > sizeLimit && entries.count > 1) {
            entries.removeFirst()
        }
        return (offset, size)
    }
}

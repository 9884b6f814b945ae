public import SessionProtocol

/// What keeps the entries of topics: in memory, or in a log on disk.
///
/// Entries have offsets that grow by one from 0; an epoch names the count: it changes when offsets begin
/// anew, as they do for a store that forgets. What is kept may begin later than at 0. Two topics are one if
/// all bytes of their names are equal, which ``WireName`` sees to.
public protocol TopicStore: Sendable {
    /// Adds an entry behind the others, and begins the topic if it is new.
    ///
    /// - Parameters:
    ///   - bytes: The entry.
    ///   - topic: Its topic.
    ///   - isRetained: It becomes the topic's retained value: what a new subscriber sees first.
    /// - Returns: Where it is.
    /// - Throws: ``CallRefusal``, which the publisher is told, or anything else, which it is not.
    func append(
        _ bytes: [UInt8],
        to topic: WireName,
        isRetained: Bool
    ) async throws -> TopicPosition

    /// What there is of a topic.
    func bounds(of topic: WireName) async throws -> TopicBounds

    /// The entries from an offset on, or from the first that is kept.
    ///
    /// - Parameters:
    ///   - topic: Their topic.
    ///   - offset: Where to begin.
    ///   - limit: How many at most; one at least is given, if there is one.
    /// - Returns: The entries, in order, without holes.
    /// - Throws: As ``append(_:to:isRetained:)``.
    func entries(
        of topic: WireName,
        from offset: UInt64,
        limit: Int
    ) async throws -> [TopicEntry]
}

/// An entry of a topic.
public struct TopicEntry: Hashable, Sendable {
    /// Its place.
    public let offset: UInt64
    /// What was published.
    public let bytes: [UInt8]

    /// An entry.
    public init(offset: UInt64, bytes: [UInt8]) {
        self.offset = offset
        self.bytes = bytes
    }

    /// Its bytes as text; what is not UTF-8 is replaced.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// A place in a topic.
public struct TopicPosition: Hashable, Sendable {
    /// Which count of offsets.
    public let epoch: UInt64
    /// The place in it.
    public let offset: UInt64

    /// The greatest number of either kind: 2⁶² − 1.
    static let greatest: UInt64 = 1 << 62 - 1

    /// A place; both below 2⁶².
    public init(epoch: UInt64, offset: UInt64) {
        precondition(max(epoch, offset) <= Self.greatest, "a number on the wire has 62 bits")
        self.epoch = epoch
        self.offset = offset
    }
}

/// What there is of a topic.
public struct TopicBounds: Hashable, Sendable {
    /// Which count of offsets.
    public var epoch: UInt64
    /// The first entry that is kept; ``nextOffset`` if none is.
    public var firstOffset: UInt64
    /// Where the next entry will be.
    public var nextOffset: UInt64
    /// The retained value.
    public var retained: TopicEntry?

    /// Bounds.
    public init(
        epoch: UInt64,
        firstOffset: UInt64,
        nextOffset: UInt64,
        retained: TopicEntry? = nil
    ) {
        self.epoch = epoch
        self.firstOffset = firstOffset
        self.nextOffset = nextOffset
        self.retained = retained
    }
}

public import SessionProtocol
internal import Sockets

/// The topics that this end keeps: what sessions publish and subscribe to (docs/session-protocol.md §10).
///
/// ```swift
/// let topics = Topics()
/// var handlers = SessionHandlers()
/// handlers.topics(topics)
/// try await topics.publish(Array("101.5".utf8), to: "prices", isRetained: true)
/// ```
/// One object serves any number of sessions. Each subscriber reads from the store at its own pace: a slow
/// one holds nobody up, and is told what the store has thrown away meanwhile.
public final class Topics: Sendable {
    /// What a session wants to do.
    public enum Access: Hashable, Sendable {
        /// Add entries.
        case publish
        /// Read them.
        case subscribe
    }

    /// Who waits for entries of a topic.
    final class Subscriber: Sendable {
        /// Set while it waits.
        let waiting = Lock<Signal?>(nil)

        func wake() { waiting.withLock { $0 }?.wake() }
    }

    let store: any TopicStore
    let isAllowed: @Sendable (Session, Access, WireName) async -> Bool
    private let subscribers = Lock<[WireName: [ObjectIdentifier: Subscriber]]>([:])

    /// Topics in a store.
    ///
    /// - Parameters:
    ///   - store: Keeps the entries; its names of topics have at most 255 bytes.
    ///   - isAllowed: Whether a session may do something with a topic. Its name is compared by bytes, as
    ///     the store does; its ``WireName/text`` would not be.
    public init(
        store: any TopicStore = MemoryTopicStore(),
        isAllowed: @escaping @Sendable (Session, Access, WireName) async -> Bool = { _, _, _ in true
        }
    ) {
        self.store = store
        self.isAllowed = isAllowed
    }

    /// Adds an entry from this side.
    ///
    /// - Returns: Where it is.
    /// - Throws: What the store does.
    @discardableResult
    public func publish(
        _ bytes: [UInt8],
        to topic: String,
        isRetained: Bool = false
    ) async throws -> TopicPosition {
        try await publish(bytes, to: WireName(topic), isRetained: isRetained)
    }

    func publish(
        _ bytes: [UInt8],
        to topic: WireName,
        isRetained: Bool
    ) async throws -> TopicPosition {
        let position = try await store.append(bytes, to: topic, isRetained: isRetained)
        wakeSubscribers(of: topic)
        return position
    }

    /// How many subscribe to a topic now.
    public func subscriberCount(of topic: String) -> Int { subscriberCount(of: WireName(topic)) }

    func subscriberCount(of topic: WireName) -> Int {
        subscribers.withLock { $0[topic]?.count ?? 0 }
    }

    /// Has the subscribers of a topic look into the store.
    ///
    /// For entries that came into it by another way.
    public func wakeSubscribers(of topic: String) { wakeSubscribers(of: WireName(topic)) }

    func wakeSubscribers(of topic: WireName) {
        let all = subscribers.withLock { $0[topic].map { Array($0.values) } ?? [] }
        for subscriber in all { subscriber.wake() }
    }

    func add(_ subscriber: Subscriber, to topic: WireName) {
        subscribers.withLock { $0[topic, default: [:]][ObjectIdentifier(subscriber)] = subscriber }
        // They are told how many there are.
        wakeSubscribers(of: topic)
    }

    func remove(_ subscriber: Subscriber, from topic: WireName) {
        subscribers.withLock { subscribers in
            subscribers[topic]?[ObjectIdentifier(subscriber)] = nil
            if subscribers[topic]?.isEmpty == true { subscribers[topic] = nil }
        }
        wakeSubscribers(of: topic)
    }
}

extension SessionHandlers {
    /// Handles `$publish` and `$subscribe`.
    public mutating func topics(_ topics: Topics) {
        call(TopicWire.publish) { call in try await topics.handlePublish(call) }
        call(TopicWire.subscribe) { call in try await topics.handleSubscribe(call) }
    }
}

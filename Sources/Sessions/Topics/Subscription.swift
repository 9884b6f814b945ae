internal import SessionProtocol
public import Sockets

/// From where a subscription begins.
public enum TopicStart: Hashable, Sendable {
    /// What is published from now on.
    case now
    /// The last so many entries, then what follows.
    case last(Int)
    /// From a place on: where the one before ended, say.
    case position(TopicPosition)
}

/// What a subscriber sees of a topic.
public enum TopicEvent: Hashable, Sendable {
    /// Where the next entry will be: first of all, and when offsets have begun anew.
    case position(TopicPosition)
    /// An entry.
    case entry(TopicEntry)
    /// The value that stands for the topic, published before the first entry.
    case retained(TopicEntry)
    /// How many subscribers there are now.
    case subscribers(Int)
    /// Entries that are not kept any more: offsets from `first` up to, not including, `end`, of an epoch.
    case gap(epoch: UInt64, first: UInt64, end: UInt64)
}

/// A topic, as it is read.
///
/// ```swift
/// let prices = try await session.subscribe(to: "prices", from: .last(10))
/// for try await event in prices {
///     if case .entry(let entry) = event { print(entry.offset, entry.text) }
/// }
/// ```
/// It goes on through lost connections. When the session itself is lost, subscribe in the next one from
/// ``position``. Letting go of it ends it.
public final class Subscription: AsyncSequence, Sendable {
    private let call: OutgoingCall
    private let place = Lock<TopicPosition?>(nil)

    init(_ call: OutgoingCall) { self.call = call }

    /// Where to go on from: behind the last entry or gap that was seen; nil before anything was.
    public var position: TopicPosition? { place.withLock { $0 } }

    /// The next event; nil if the other end has ended the subscription.
    ///
    /// One task reads at a time. Cancellation and deadlines: total.
    ///
    /// - Throws: ``SessionError``: `failed` when the other end refuses (`unknownName`: it keeps no
    ///   topics), `ended`, `malformed`, `cancelled`, `deadlinePassed`.
    public func next() async throws(SessionError) -> TopicEvent? {
        while let element = try await call.answers.next() {
            let event: TopicEvent?
            do throws(Violation) {
                event = try TopicEvent(element)
            } catch {
                throw SessionError(.malformed, error.code, error.text)
            }
            guard let event else { continue }
            note(event)
            return event
        }
        return nil
    }

    private func note(_ event: TopicEvent) {
        place.withLock { place in
            switch event {
            case .position(let position):
                // The first says where the topic ends; what was asked for may be before that.
                if place == nil || place?.epoch != position.epoch { place = position }
            case .entry(let entry):
                guard let epoch = place?.epoch else { return }
                place = TopicPosition(epoch: epoch, offset: entry.offset + 1)
            case .gap(let epoch, _, let end):
                guard place?.epoch == epoch else { return }
                place = TopicPosition(epoch: epoch, offset: end)
            case .retained, .subscribers:
                break
            }
        }
    }

    /// Ends it.
    public func cancel() { call.reset(.cancelled) }

    /// Iterates where ``next()`` is.
    public func makeAsyncIterator() -> Iterator { Iterator(subscription: self) }

    /// For `for try await`.
    public struct Iterator: AsyncIteratorProtocol {
        let subscription: Subscription

        /// As ``Subscription/next()``.
        public mutating func next() async throws(SessionError) -> TopicEvent? {
            try await subscription.next()
        }
    }
}

extension Session {
    /// Adds an entry to a topic that the other end keeps.
    ///
    /// - Parameters:
    ///   - bytes: The entry.
    ///   - topic: At most 255 bytes of UTF-8.
    ///   - isRetained: It becomes what new subscribers see first.
    ///   - deadline: The call's.
    /// - Returns: Where it is.
    /// - Throws: ``SessionError``, whose receipt tells whether it may be there all the same.
    @discardableResult
    public func publish(
        _ bytes: [UInt8],
        to topic: String,
        isRetained: Bool = false,
        by deadline: Deadline = .never
    ) async throws(SessionError) -> TopicPosition {
        let publication = TopicWire.Publication(
            topic: topic,
            isRetained: isRetained,
            payload: bytes
        )
        let answer = try await call(TopicWire.publish, publication.bytes, by: deadline)
        do throws(Violation) {
            var reader = FieldReader(0..<answer.count)
            let epoch = try reader.number(answer.rawSpan)
            let offset = try reader.number(answer.rawSpan)
            return TopicPosition(epoch: epoch, offset: offset)
        } catch {
            throw SessionError(.malformed, error.code, error.text, receipt: .delivered)
        }
    }

    /// Reads a topic that the other end keeps.
    ///
    /// - Parameters:
    ///   - topic: At most 255 bytes of UTF-8.
    ///   - start: From where.
    /// - Returns: The events of the topic.
    /// - Throws: ``SessionError``.
    public func subscribe(
        to topic: String,
        from start: TopicStart = .now
    ) async throws(SessionError) -> Subscription {
        var request = TopicWire.Request(topic: topic, from: 0, value: 0, epoch: 0)
        switch start {
        case .now: break
        case .last(let count):
            precondition(count >= 0, "fewer than no entries")
            request.from = 2
            request.value = UInt64(count)
        case .position(let position):
            request.from = 1
            request.value = position.offset
            request.epoch = position.epoch
        }
        let flow = try await open(.call, TopicWire.subscribe)
        let call = OutgoingCall(self, flow)
        try await post(.init(bytes: request.bytes, isLast: true), on: flow, by: .never)
        return Subscription(call)
    }
}

extension TopicEvent {
    /// Nil for an answer of a later version, which is passed over.
    fileprivate init?(_ element: ChannelElement) throws(Violation) {
        switch element {
        case .gap(let gap):
            var reader = FieldReader(0..<gap.place.count)
            let place = gap.place.rawSpan
            let epoch = try reader.number(place)
            let first = try reader.number(place)
            let end = try reader.number(place)
            self = .gap(epoch: epoch, first: first, end: end)
        case .message(let message):
            var reader = FieldReader(0..<message.bytes.count)
            let bytes = message.bytes.rawSpan
            guard let kind = TopicWire.Answer(rawValue: try reader.number(bytes)) else {
                return nil
            }
            let number = try reader.number(bytes)
            switch kind {
            case .position:
                let next = try reader.number(bytes)
                self = .position(TopicPosition(epoch: number, offset: next))
            case .entry: self = .entry(TopicEntry(offset: number, bytes: reader.rest(bytes)))
            case .retained:
                self = .retained(TopicEntry(offset: number, bytes: reader.rest(bytes)))
            case .subscribers: self = .subscribers(Int(clamping: number))
            }
        }
    }
}

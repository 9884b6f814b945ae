internal import SessionProtocol
public import Sockets

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
    private let place: Lock<TopicPlace>

    init(_ call: OutgoingCall, from start: TopicStart) {
        self.call = call
        place = Lock(TopicPlace(start))
    }

    /// Where to go on from: behind the last entry or gap that was seen; before the first, where this one
    /// begins.
    ///
    /// Nil until the other end has said where that is.
    public var position: TopicPosition? { place.withLock { $0.position } }

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
            place.withLock { $0.note(event) }
            return event
        }
        return nil
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
            topic: WireName(topic),
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
        var request = TopicWire.Request(topic: WireName(topic), from: 0, value: 0, epoch: 0)
        switch start {
        case .now: break
        case .last(let count):
            precondition(count >= 0, "fewer than no entries")
            request.from = 2
            request.value = min(UInt64(count), TopicPosition.greatest)
        case .position(let position):
            request.from = 1
            request.value = position.offset
            request.epoch = position.epoch
        }
        let flow = try await open(.call, TopicWire.subscribe)
        let call = OutgoingCall(self, flow)
        _ = try await ask(.init(bytes: request.bytes, isLast: true), on: flow, by: .never)
        return Subscription(call, from: start)
    }
}

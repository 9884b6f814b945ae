internal import SessionProtocol
internal import Sockets

extension Topics {
    /// `$publish`: one message, one answer.
    func handlePublish(_ call: IncomingCall) async throws {
        let bytes = try await call.requests.collect(limit: SessionHandlers.requestSizeLimit)
        let publication: TopicWire.Publication
        do throws(Violation) {
            publication = try TopicWire.Publication(bytes)
        } catch {
            throw CallRefusal(error.code, error.text)
        }
        guard await isAllowed(call.session, .publish, publication.topic) else {
            throw CallRefusal(.refused)
        }
        let position = try await publish(
            publication.payload,
            to: publication.topic,
            isRetained: publication.isRetained
        )
        try await call.finish(with: TopicWire.numbers(position.epoch, position.offset))
    }

    /// `$subscribe`: answers until the caller has had enough.
    func handleSubscribe(_ call: IncomingCall) async throws {
        let bytes = try await call.requests.collect(limit: 1_024)
        let request: TopicWire.Request
        do throws(Violation) {
            request = try TopicWire.Request(bytes)
        } catch {
            throw CallRefusal(error.code, error.text)
        }
        guard await isAllowed(call.session, .subscribe, request.topic) else {
            throw CallRefusal(.refused)
        }
        let subscriber = Subscriber()
        add(subscriber, to: request.topic)
        defer { remove(subscriber, from: request.topic) }
        var feed = TopicFeed(call: call, topics: self, topic: request.topic)
        try await feed.begin(request)
        while true {
            // Armed before looking: what comes in between sets it.
            let signal = Signal(on: call.session.loop)
            subscriber.waiting.withLock { $0 = signal }
            guard try await feed.sendNews() == false else { continue }
            guard call.noteEnd(signal) else { return }
            let wake = await signal.wait(until: .never)
            if case .cancelled = wake { return }
        }
    }
}

extension IncomingCall {
    /// Has a signal set when the call is given up; false if it is already.
    fileprivate func noteEnd(_ signal: Signal) -> Bool {
        session.state.withLock { state in
            guard flow.resetCode == nil, !flow.isForgotten, state.machine.ending == nil else {
                return false
            }
            flow.endWaiters = [signal]
            return true
        }
    }
}

/// One subscription, at the end that answers it.
private struct TopicFeed {
    let call: IncomingCall
    let topics: Topics
    let topic: WireName
    private var epoch: UInt64 = 0
    private var offset: UInt64 = 0
    private var toldCount: Int?

    init(call: IncomingCall, topics: Topics, topic: WireName) {
        self.call = call
        self.topics = topics
        self.topic = topic
    }

    /// Entries read from the store at a time.
    ///
    /// Arbitrary: a subscriber that catches up holds so many.
    private static let batchLimit = 64

    /// The place to begin at, and the retained value.
    mutating func begin(_ request: TopicWire.Request) async throws {
        let bounds = try await topics.store.bounds(of: topic)
        epoch = bounds.epoch
        try await call.post(TopicWire.answer(.position, epoch, bounds.nextOffset))
        switch request.from {
        case 0:
            offset = bounds.nextOffset
        case 1 where request.epoch == epoch:
            offset = min(request.value, bounds.nextOffset)
        case 1:
            // Nobody knows how many there were; what is here now is all new to the subscriber.
            try call.sendGap(
                count: 1,
                cause: .trimmed,
                place: TopicWire.numbers(request.epoch, request.value, request.value)
            )
            offset = bounds.firstOffset
        default:
            offset = max(
                bounds.firstOffset,
                bounds.nextOffset - min(bounds.nextOffset, request.value)
            )
        }
        if let retained = bounds.retained, retained.offset < offset || request.from == 0 {
            try await call.post(
                TopicWire.answer(.retained, retained.offset, rest: retained.bytes)
            )
        }
    }

    /// Sends what is new; false if nothing was.
    mutating func sendNews() async throws -> Bool {
        let count = topics.subscriberCount(of: topic)
        if count != toldCount {
            toldCount = count
            try await call.post(TopicWire.answer(.subscribers, UInt64(count)))
        }
        let bounds = try await topics.store.bounds(of: topic)
        if bounds.epoch != epoch {
            epoch = bounds.epoch
            offset = bounds.firstOffset
            try await call.post(TopicWire.answer(.position, epoch, bounds.nextOffset))
        }
        let entries = try await topics.store.entries(
            of: topic,
            from: offset,
            limit: Self.batchLimit
        )
        guard let first = entries.first else { return false }
        if first.offset > offset { try await sendGap(to: first.offset) }
        for entry in entries {
            try await call.post(TopicWire.answer(.entry, entry.offset, rest: entry.bytes))
            offset = entry.offset + 1
        }
        return true
    }

    /// Entries that the store has no longer, up to the one before `end`.
    private mutating func sendGap(to end: UInt64) async throws {
        while offset < end {
            let count = min(end - offset, 1 << 32)
            try call.sendGap(
                count: count,
                cause: .trimmed,
                place: TopicWire.numbers(epoch, offset, offset + count)
            )
            offset += count
        }
    }
}

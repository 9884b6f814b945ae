internal import DequeModule
internal import HeapModule
internal import SessionProtocol
internal import Sockets

/// The sessions of a server; under its lock.
struct SessionTable {
    /// A session, and its place in the order in which clients come back.
    struct Entry {
        let session: Session
        let place: Int
    }

    private(set) var entries: [SessionID: Entry] = [:]
    /// Places that were given back: the first ones are used again first, so that the last one is never
    /// far behind the number of sessions.
    private var freePlaces = Heap<Int>()
    private var placeCount = 0

    /// What takes over their streams; nil where each session has a handler.
    var handlers: SharedHandlers?
    /// Sessions whose handler has not been started.
    var unserved: Deque<Session> = []
    /// Who starts them, while there is none, and waits for the end.
    var starter: Signal?
    var isServing = false
    /// Connections of listeners about which tasks decide.
    var decisionCount = 0
    /// Set once; the server takes no new clients from then on.
    var drain: DrainPlan?
    var counts = SessionServerStatistics()

    mutating func insert(_ session: Session) -> Int {
        let place = freePlaces.popMin() ?? placeCount
        if place == placeCount { placeCount += 1 }
        entries[session.id] = Entry(session: session, place: place)
        if handlers == nil { unserved.append(session) }
        return place
    }

    /// The place the next session would get.
    var nextPlace: Int { freePlaces.min ?? placeCount }

    /// Where a client stands among those that come back after a drain; nil if there is none.
    ///
    /// Who is new stands behind those that are here, each behind the one before.
    mutating func placeAfterDrain(of id: SessionID) -> Int? {
        guard let drain else { return nil }
        if let entry = entries[id] { return entry.place }
        self.drain?.newcomerCount += 1
        return placeCount + drain.newcomerCount
    }

    mutating func remove(_ session: Session) {
        guard let entry = entries[session.id], entry.session === session else { return }
        entries[session.id] = nil
        freePlaces.insert(entry.place)
    }
}

/// How a server stops.
struct DrainPlan {
    let deadline: Deadline
    /// New clients that were sent away.
    var newcomerCount = 0
}

/// What a server has done so far, and what it looks after now.
public struct SessionServerStatistics: Hashable, Sendable {
    /// Sessions there are.
    public internal(set) var sessionCount = 0
    /// Sessions begun so far.
    public internal(set) var begunCount = 0
    /// Attachments of sessions there were already.
    public internal(set) var resumedCount = 0
    /// Clients that were refused.
    public internal(set) var refusedCount = 0
    /// Connections that broke a rule before they had a session, or said nothing in time.
    public internal(set) var strangerCount = 0
}

/// What a backend of the event loop must do; one file a backend.
///
/// A descriptor is registered once, edge-triggered: an event is reported when something changed, and
/// the gates of the socket remember it.
protocol Poller: ~Copyable {
    /// The name shown in statistics.
    static var name: String { get }

    init() throws(SocketError)

    /// Registers a descriptor. The token comes back with its events. Zero, or an errno.
    func add(_ descriptor: CInt, token: UnsafeMutableRawPointer, _ interest: Interest) -> CInt

    /// Changes what a registered descriptor is watched for, and reports what is ready now.
    func change(_ descriptor: CInt, token: UnsafeMutableRawPointer, _ interest: Interest)

    /// Takes a descriptor out. No event of it is reported by a later `poll`.
    func remove(_ descriptor: CInt)

    /// Makes a `poll` that waits, or the next one, return at once. Any thread.
    func wake()

    /// Waits for events at most `timeout` nanoseconds (nil: for ever) and hands each to `body`. One thread only.
    func poll(
        timeout: Int64?,
        _ body: (UnsafeMutableRawPointer, Readiness) -> Void
    )
}

/// Which directions of a descriptor are watched; errors always are.
enum Interest {
    case both
    case reading
    /// Neither: only the end of one direction or both, and errors.
    case hangUp
}

/// What an event says of a descriptor.
struct Readiness: OptionSet {
    let rawValue: UInt8

    static let readable = Self(rawValue: 1)
    static let writable = Self(rawValue: 2)
    /// The peer has finished sending, or the connection is gone: reading never blocks again.
    static let readHangUp = Self(rawValue: 4)
    /// The connection is gone: writing never blocks again.
    static let writeHangUp = Self(rawValue: 8)
    /// Out-of-band data: a short receive no longer means that the queue is empty.
    static let urgent = Self(rawValue: 16)
    /// The socket has an error to tell, or entries in its error queue.
    static let error = Self(rawValue: 32)
}

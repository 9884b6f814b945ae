internal import Sockets

/// What a step leaves to be done without the session's lock: tasks to be woken, begun or cancelled,
/// streams to be closed.
///
/// Most steps leave one or two wake-ups, which take no memory here.
struct Aftermath {
    private var first: Signal?
    private var second: Signal?
    private var more: [Signal] = []
    private var streams: [any ByteStream] = []
    private var tasks: [Task<Void, Never>] = []
    /// A connection to which a task has to write.
    private(set) var connectionToWrite: SessionConnection?
    /// The server that has to forget the session, which is over.
    private(set) var serverToLeave: SessionServer?
    private var handlers: SharedHandlers?

    mutating func wake(_ signal: Signal) {
        if first == nil {
            first = signal
        } else if second == nil {
            second = signal
        } else {
            more.append(signal)
        }
    }

    /// Wakes whoever waits there, and nobody waits there any more.
    mutating func wake(_ signal: inout Signal?) {
        guard let waiting = signal else { return }
        signal = nil
        wake(waiting)
    }

    /// Wakes all, in the order in which they came.
    mutating func wake(_ signals: inout [Signal]) {
        guard !signals.isEmpty else { return }
        for signal in signals { wake(signal) }
        signals = []
    }

    /// Has a task write what there is to be said.
    mutating func write(to connection: SessionConnection) { connectionToWrite = connection }

    mutating func close(_ stream: any ByteStream) { streams.append(stream) }

    mutating func cancel(_ task: Task<Void, Never>) { tasks.append(task) }

    /// Has the server forget the session, and lets go of the handlers, which may be the last that has them.
    mutating func leave(_ server: SessionServer, _ handlers: SharedHandlers?) {
        serverToLeave = server
        self.handlers = handlers
    }

    /// Does it, but for what is the session's business.
    ///
    /// Not under any lock.
    func carryOut() {
        for stream in streams { stream.close() }
        first?.wake()
        second?.wake()
        for signal in more { signal.wake() }
        // Behind those: who waits for an end learns of it before it is cancelled.
        for task in tasks { task.cancel() }
    }
}

import SessionProtocol

/// One end of one session, with an application that does this and that.
final class SimulatedEnd {
    /// A stream to take from.
    struct Reader {
        let stream: StreamID
        let kind: StreamKind
        /// Messages stay in the application's hand until it asks for the next: of half of the logs.
        var keepsInHand: Bool { kind == .log && stream.rawValue / 2 % 2 == 0 }
        /// The first of the other end's flows that come in here; nil: not looked up yet.
        var flow: Int?
        /// Of the other end's call: the flow that its answer goes out on.
        var answerFlow: Int?
        var nextNumber: UInt64 = 0
        /// The message that was taken last and does not count as taken yet.
        var inHand: Int?
        /// Told since the last message.
        var missing = MissingNumbers()
    }

    /// A stream to send on.
    struct Writer {
        let stream: StreamID
        let kind: StreamKind
        /// The first of its flows; a state has one for each key.
        let flow: Int
    }

    /// A send without receipt.
    struct OpenSend {
        let send: SendID
        let stream: StreamID
        let id: Int
    }

    /// Keys of each state.
    static let keyCount = 3

    let number: Int
    var machine: SessionMachine
    let clock: SimulatedClock
    /// Who has the other end of the session.
    var peer: Int?
    var readers: [Reader] = []
    var writers: [Writer] = []
    /// Streams on which a send was refused, until there is room.
    var waiting: Set<StreamID> = []
    /// In the order of sending.
    var open: [OpenSend] = []
    /// What it takes is little, and seldom.
    var isSlow = false
    /// Epochs of connections to be closed.
    var closedEpochs: [UInt64] = []
    /// It was asked to leave, and come back after so many microseconds.
    var leavesFor: UInt64?
    /// When a byte or a sign of progress last reached it.
    var lastSign: UInt64 = 0
    var isOver = false
    let sabotage: Sabotage?

    init(
        _ number: Int,
        _ machine: SessionMachine,
        _ clock: SimulatedClock,
        sabotage: Sabotage?
    ) {
        self.number = number
        self.machine = machine
        self.clock = clock
        self.sabotage = sabotage
    }

    /// Looks at the machine where it is: reading a property of what an object holds would copy it
    /// first, with everything it has references to, and that was half of a world's time.
    func look<Answer>(_ body: (inout SessionMachine) -> Answer) -> Answer { body(&machine) }

    func hear(_ bytes: ArraySlice<UInt8>, epoch: UInt64, now: UInt64) {
        if epoch == machine.epoch { lastSign = clock.reading(now) }
        machine.receive(bytes.rawSpan, epoch: epoch, now: clock.instant(now))
    }

    /// The connection's own acknowledgements came.
    func hearProgress(epoch: UInt64, now: UInt64) {
        if epoch == machine.epoch { lastSign = clock.reading(now) }
        machine.transportProgressed(epoch: epoch, now: clock.instant(now))
    }
}

extension ArraySlice<UInt8> {
    var rawSpan: RawSpan {
        @_lifetime(borrow self)
        get {
            // The span borrows the slice, which therefore outlives it and does not change.
            unsafe self.span.bytes
        }
    }
}

/// What goes out before everything that is numbered (§4).
struct ControlFrames: Sendable {
    /// Hello and `ATTACH` or `ACCEPT`.
    var greeting: [UInt8] = []
    /// Bytes of the other end's hello that have not come.
    var missingHello: [UInt8]?
    /// The clock of a `PING` to be answered.
    ///
    /// A newer one takes an older one's place, so that a flood of them takes no memory.
    var pongEcho: UInt64?
    /// To be said once, then no more.
    var fault: Violation?
    var drain: Drain?
    /// `PING` is to be sent.
    var isPingDue = false
    /// `ACK` is to be sent, even alone.
    var isAcknowledgementDue = false

    var isEmpty: Bool {
        greeting.isEmpty && pongEcho == nil && fault == nil && drain == nil && !isPingDue
            && !isAcknowledgementDue
    }
}

/// Signs of life (§4).
struct Liveness: Sendable {
    /// The last sign of life.
    var lastSign = SessionInstant(microseconds: 0)
    /// The last question: `PING`, `ATTACH` or `ACCEPT`.
    var lastAsked = SessionInstant(microseconds: 0)
    /// It was not answered yet.
    var isAsking = false
    /// When the connection was lost.
    var detachedAt = SessionInstant(microseconds: 0)
}

internal import Sockets
internal import WebSocketCodec

/// What receiver and senders of a WebSocket share; under its connection's lock.
final class SharedWebSocket {
    var machine: WebSocketMachine
    /// Frames that are to be sent.
    var output: [UInt8] = []
    /// How many bytes of `output` the peer has asked for: pongs, and the answer to its close.
    var owedSize = 0
    var isReceiving = false
    /// Who is sending `output`, and will go on until it is empty.
    var sender: Sender?
    /// A caller's send that has the next turn, when the answers are out.
    var next: Signal?
    /// The transport failed: nothing can be sent any more.
    var failure: SocketError?
    /// How the connection ended, once it has.
    var close: WebSocketClose?

    /// Told when `isReceiving` ends: whoever waits for the close.
    var receiverLeft: Signal?

    /// Who sends.
    enum Sender {
        /// A message or a ping of ours: another of them is busy.
        case caller
        /// Whoever receives, or closes, sends what the peer has asked for: a message of ours waits.
        case answers
    }

    /// What the peer asks for gathers up to this while it does not take it; then it is dropped.
    ///
    /// What this end has to say does not count. Arbitrary: 500 pongs of the largest size.
    static let owedSizeLimit = 65_536

    init(_ machine: consuming WebSocketMachine) { self.machine = machine }

    /// Whether the peer makes this end owe it more than may wait.
    var isOverdrawn: Bool { owedSize > Self.owedSizeLimit }

    /// Takes what is to be sent; what was asked for in it.
    func takeOutput(_ bytes: inout [UInt8]) -> Int {
        swap(&bytes, &output)
        defer { owedSize = 0 }
        return owedSize
    }

    /// Puts back what the transport did not take of `takeOutput`.
    func putBack(_ rest: [UInt8], owed: Int) {
        output = rest + output
        owedSize += min(owed, rest.count)
    }

    /// Nobody sends any more, but for a caller that waits; it is to be told.
    func leaveSending() -> Signal? {
        defer { next = nil }
        sender = next == nil ? nil : .caller
        return next
    }
}

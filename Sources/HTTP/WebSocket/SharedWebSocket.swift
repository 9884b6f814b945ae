internal import Sockets
internal import WebSocketCodec

/// What receiver and senders of a WebSocket share; under its connection's lock.
final class SharedWebSocket {
    var machine: WebSocketMachine
    /// Frames that are to be sent.
    var output: [UInt8] = []
    var isReceiving = false
    /// Somebody is sending `output`, and will go on until it is empty.
    var isSending = false
    /// The transport failed: nothing can be sent any more.
    var failure: SocketError?
    /// How the connection ended, once it has.
    var close: WebSocketClose?

    /// Told when `isReceiving` ends: whoever waits for the close.
    var receiverLeft: Signal?

    /// Answers to pings gather up to this while the peer does not take them; then it is dropped.
    ///
    /// Arbitrary: 500 pongs of the largest size.
    static let outputSizeLimit = 65_536

    init(_ machine: consuming WebSocketMachine) { self.machine = machine }
}
